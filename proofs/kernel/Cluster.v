(* Compactness: bounded families of vectors that shrink have a cluster point. Constructive up to double negations. *)
Require Import Reals List Lra.
Import ListNotations.
Open Scope R_scope.

Lemma within_bounds x a : Rabs x <= a -> - a <= x <= a.
Proof. pose proof (Rle_abs x). pose proof (Rle_abs (- x)). rewrite Rabs_Ropp in *. lra. Qed.

Section Cluster.
Variable T : Type.                                       (* the names of the coordinates *)
Variable same : forall a b : T, {a = b} + {a <> b}.

Definition shrinking (P : R -> (T -> R) -> Prop) : Prop :=
  (forall e e' w, e <= e' -> P e w -> P e' w) /\ (forall e, 0 < e -> ~ ~ exists w, P e w).
Definition cluster (P : R -> (T -> R) -> Prop) (l : list T) (v : T -> R) : Prop :=
  forall e d, 0 < e -> 0 < d -> ~ ~ exists w, P e w /\ forall t, In t l -> Rabs (w t - v t) < d.

(* One coordinate: the largest number that members reach for every e. *)
Lemma one_coordinate P t b : shrinking P -> (forall e w, P e w -> Rabs (w t) <= b) ->
  exists s, forall e d, 0 < e -> 0 < d -> ~ ~ exists w, P e w /\ Rabs (w t - s) < d.
Proof.
  intros [Mono Some_] Bound.
  set (S := fun a => forall e, 0 < e -> ~ ~ exists w, P e w /\ a <= w t).
  destruct (completeness S) as (s & Hub & Hlub).
  - exists b. intros a Ha. apply Rnot_lt_le. intros Hlt. apply (Ha 1 Rlt_0_1). intros (w & Hw & Hle).
    pose proof (Bound _ _ Hw) as Hb. apply within_bounds in Hb. lra.
  - exists (- b). intros e He N. apply (Some_ e He). intros (w & Hw). apply N. exists w. split; auto.
    pose proof (Bound _ _ Hw) as Hb. apply within_bounds in Hb. lra.
  - exists s. intros e d He Hd N.
    assert (U : is_upper_bound S (s - d / 2)).
    { intros a Ha. apply Rnot_lt_le. intros Hlt.
      assert (S (s + d / 2)) as Hs.
      { intros e0 He0 N0. apply (Ha (Rmin e e0) (Rmin_glb_lt _ _ _ He He0)). intros (w & Hw & Hle).
        destruct (Rle_lt_dec (s + d / 2) (w t)) as [Hge|Hlt'].
        - apply N0. exists w. split; auto. apply (Mono (Rmin e e0)); auto. apply Rmin_r.
        - apply N. exists w. split. apply (Mono (Rmin e e0)); auto. apply Rmin_l. apply Rabs_def1; lra. }
      apply Hub in Hs. lra. }
    apply Hlub in U. lra.
Qed.

Lemma cluster_point l : forall P b, shrinking P -> (forall e w t, In t l -> P e w -> Rabs (w t) <= b) ->
  exists v, cluster P l v.
Proof.
  induction l as [|t l IH]; intros P b HP Bound.
  - exists (fun _ => 0). intros e d He _ N. apply (proj2 HP e He). intros (w & Hw). apply N. exists w. split; auto. intros t [].
  - destruct (one_coordinate P t b HP) as (s & Hs). { intros e w Hw. apply (Bound e); auto. left; auto. }
    destruct (IH (fun e w => P e w /\ Rabs (w t - s) < e) b) as (v & Hv).
    + split. { intros e e' w Hle [H1 H2]. split. apply (proj1 HP e); auto. lra. } intros e He. apply Hs; auto.
    + intros e w u Hu [Hw _]. apply (Bound e); auto. right; auto.
    + exists (fun u => if same u t then s else v u). intros e d He Hd N.
      apply (Hv (Rmin e d) d); auto. { apply Rmin_glb_lt; auto. }
      intros (w & [Hw Hwt] & Hn). apply N. exists w. split. { apply (proj1 HP (Rmin e d)); auto. apply Rmin_l. }
      intros u Hu. destruct (same u t) as [->|Hne].
      * pose proof (Rmin_r e d). lra.
      * destruct Hu as [->|Hu]; [tauto|auto].
Qed.
End Cluster.
