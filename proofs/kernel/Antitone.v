(* One unit peeled off, by compactness: a unit u may go, what is left being closed, if it is fully observed and every other
   unit is disjoint from it or has its rows and no column more. Applied from the smallest row sets upwards this gives rule
   instance.antitone; the other units are made orthogonal to u on the rows of u, so that limits cannot lose it. *)
Require Import Reals List Bool Arith Lia Lra Permutation.
From Semialg Require Import Statement Curve Minor Instance Dependence Cluster.
Import ListNotations.
Open Scope R_scope.

Definition apart (u v : rect) : bool := disj (fst u) (fst v) || disj (snd u) (snd v).
Definition above (u v : rect) : bool := incl' (fst u) (fst v) && incl' (snd v) (snd u).

Lemma dot_plus l a x y : dot l a (fun i => x i + y i) = dot l a x + dot l a y.
Proof. unfold dot. rewrite <- lsum_plus. apply lsum_ext. intros; ring. Qed.
Lemma dot_scale l a x c : dot l a (fun i => x i * c) = dot l a x * c.
Proof. unfold dot. rewrite Rmult_comm, <- lsum_scale. apply lsum_ext. intros; ring. Qed.
Lemma square_in l (f : nat -> R) i : In i l -> f i * f i <= dot l f f.
Proof. unfold dot. induction l as [|a l IH]; simpl; [tauto|]. intros [<-|H].
  - pose proof (lsum_pos l (fun r => f r * f r) (fun r => Rle_0_sqr (f r))). lra.
  - specialize (IH H). pose proof (Rle_0_sqr (f a)). unfold Rsqr in *. lra. Qed.

Section Peel.
Variable o : obsv.
Variable u : rect.
Hypothesis Observed : forall i j, mem i (fst u) = true -> mem j (snd u) = true -> o i j = true.

Lemma orthogonalize q : (forall i, mem i (fst u) = false -> q i = 0) -> dot (fst u) q q = 1 ->
  forall us, forallb (fun v => apart u v || above u v) us = true -> forall A, EI o us A ->
  exists B z, EI o us B /\ (forall j, mem j (snd u) = false -> z j = 0) /\
    (forall i j, A i j = B i j + q i * z j) /\ (forall j, mem j (snd u) = true -> dot (fst u) q (fun i => B i j) = 0).
Proof.
  intros Hq Hqq. induction us as [|v us IH]; intros Hc A HA.
  - exists A, (fun _ => 0). split; auto. split; auto. split. { intros; ring. }
    intros j Hj. apply lsum_zero. intros i Hi. rewrite HA. ring. apply Observed; auto. apply mem_in; auto.
  - cbn [forallb] in Hc. apply andb_prop in Hc as [Hv Hc]. destruct HA as (x & y & Hx & Hy & HE).
    destruct (IH Hc _ HE) as (B & z & HB & Hz & Heq & Hort).
    assert (Same : (forall j, mem j (snd u) = true -> dot (fst u) q x * y j = 0) -> exists B0 z0, EI o (v :: us) B0 /\
       (forall j, mem j (snd u) = false -> z0 j = 0) /\ (forall i j, A i j = B0 i j + q i * z0 j) /\
       (forall j, mem j (snd u) = true -> dot (fst u) q (fun i => B0 i j) = 0)).
    { intros Hzero. exists (fun i j => B i j + x i * y j), z. split; [|split; [auto|split]].
      - exists x, y. repeat split; auto. eapply EI_ext; [|exact HB]. intros; simpl; ring.
      - intros i j. specialize (Heq i j). simpl in Heq. lra.
      - intros j Hj. rewrite dot_plus, dot_scale, Hort, Hzero; auto. ring. }
    apply orb_prop in Hv as [Hv|Hv]; [apply orb_prop in Hv as [Hv|Hv]|].
    + apply Same. intros j Hj. replace (dot (fst u) q x) with 0; [ring|]. symmetry. apply lsum_zero. intros i Hi.
      rewrite Hx; [ring|]. apply (disj_ok _ _ _ Hv). apply mem_in; auto.
    + apply Same. intros j Hj. rewrite Hy; [ring|]. apply (disj_ok _ _ _ Hv); auto.
    + apply andb_prop in Hv as [H1 H2]. set (c := dot (fst u) q x).
      exists (fun i j => B i j + (x i - q i * c) * y j), (fun j => z j + c * y j). split; [|split; [|split]].
      * exists (fun i => x i - q i * c), y. split; [|split; [exact Hy|]].
        { intros i Hi. rewrite Hx by auto. rewrite Hq. ring. destruct (mem i (fst u)) eqn:Em; auto.
          rewrite (incl_ok _ _ _ H1 Em) in Hi. discriminate. }
        eapply EI_ext; [|exact HB]. intros; simpl; ring.
      * intros j Hj. rewrite Hz by auto. rewrite Hy. ring. destruct (mem j (snd v)) eqn:Em; auto.
        rewrite (incl_ok _ _ _ H2 Em) in Hj. discriminate.
      * intros i j. specialize (Heq i j). simpl in Heq. lra.
      * intros j Hj. rewrite dot_plus, dot_scale, Hort by auto.
        replace (dot (fst u) q (fun i => x i - q i * c)) with 0; [ring|].
        rewrite (dot_plus _ _ x (fun i => - (q i * c))). fold c.
        replace (dot (fst u) q (fun i => - (q i * c))) with (dot (fst u) q (fun i => q i * (- c))) by (apply lsum_ext; intros; ring).
        rewrite dot_scale, Hqq. ring.
Qed.

(* A member with the direction of u normalized: its part for u is bounded by the member. *)
Lemma normalized us A : forallb (fun v => apart u v || above u v) us = true -> EI o (u :: us) A ->
  exists q y, (forall i, mem i (fst u) = false -> q i = 0) /\ (forall j, mem j (snd u) = false -> y j = 0) /\
    EI o us (fun i j => A i j - q i * y j) /\ (forall i, Rabs (q i) <= 1) /\
    (forall j, mem j (snd u) = true -> Rabs (y j) <= lsum (fst u) (fun i => Rabs (A i j))).
Proof.
  intros Hc (x & y & Hx & Hy & HE). set (N := dot (fst u) x x).
  assert (HN : 0 <= N) by (apply lsum_pos; intros; apply Rle_0_sqr).
  destruct (Req_dec N 0) as [Z|NZ].
  - exists (fun _ => 0), (fun _ => 0). repeat split; auto.
    + eapply EI_ext; [|exact HE]. intros i j _. simpl. replace (x i) with 0. ring.
      destruct (mem i (fst u)) eqn:Hi; [|rewrite Hx; auto]. apply mem_in in Hi. pose proof (square_in _ x i Hi) as H. fold N in H.
      pose proof (Rle_0_sqr (x i)) as H0. unfold Rsqr in H0. symmetry. apply Rsqr_0_uniq. unfold Rsqr. lra.
    + intros. rewrite Rabs_R0. lra.
    + intros. rewrite Rabs_R0. apply lsum_pos. intros; apply Rabs_pos.
  - set (s := sqrt N). assert (Hs : 0 < s) by (apply sqrt_lt_R0; lra). assert (Hss : s * s = N) by (apply sqrt_sqrt; auto).
    set (q := fun i => x i * / s).
    assert (Hq : forall i, mem i (fst u) = false -> q i = 0). { intros i Hi. unfold q. rewrite Hx by auto. ring. }
    assert (Hqq : dot (fst u) q q = 1).
    { unfold q. rewrite dot_scale. replace (dot (fst u) (fun i => x i * / s) x) with (N * / s).
      - rewrite <- Hss. field. lra.
      - unfold N, dot. rewrite Rmult_comm, <- lsum_scale. apply lsum_ext. intros; ring. }
    destruct (orthogonalize q Hq Hqq us Hc _ HE) as (B & z & HB & Hz & Heq & Hort).
    assert (Hall : forall i j, A i j = B i j + q i * (s * y j + z j)).
    { intros i j. specialize (Heq i j). simpl in Heq. unfold q in *. replace (x i * y j) with (x i * / s * (s * y j)) in Heq by (field; lra). lra. }
    assert (Q1 : forall i, Rabs (q i) <= 1).
    { intros i. destruct (mem i (fst u)) eqn:Hi; [|rewrite Hq by auto; rewrite Rabs_R0; lra]. apply mem_in in Hi.
      pose proof (square_in _ q i Hi) as H. rewrite Hqq in H. apply Rsqr_incr_0_var; [|lra]. rewrite <- Rsqr_abs. unfold Rsqr. lra. }
    exists q, (fun j => s * y j + z j). repeat split; auto.
    + intros j Hj. rewrite Hy, Hz by auto. ring.
    + eapply EI_ext; [|exact HB]. intros i j _. simpl. rewrite (Hall i j). ring.
    + intros j Hj. replace (s * y j + z j) with (dot (fst u) q (fun i => A i j)).
      * unfold dot. eapply Rle_trans; [apply lsum_abs|]. apply lsum_le. intros i _. rewrite Rabs_mult.
        rewrite <- (Rmult_1_l (Rabs (A i j))) at 2. apply Rmult_le_compat_r; auto. apply Rabs_pos.
      * replace (dot (fst u) q (fun i => A i j)) with (dot (fst u) q (fun i => B i j + q i * (s * y j + z j))) by (apply lsum_ext; intros; rewrite Hall; auto).
        rewrite dot_plus, dot_scale, Hort, Hqq by auto. ring.
Qed.

Definition entry_same : forall a b : bool * nat, {a = b} + {a <> b}.
Proof. decide equality. apply Nat.eq_dec. apply Bool.bool_dec. Defined.
Lemma lsum_in l (f : nat -> R) i : (forall r, 0 <= f r) -> In i l -> f i <= lsum l f.
Proof. intros H. induction l as [|a l IH]; simpl; [tauto|]. pose proof (lsum_pos l f H). pose proof (H a).
  intros [<-|Hi]; [lra|]. specialize (IH Hi). lra. Qed.

Theorem peel_unit_closed us : forallb (fun v => apart u v || above u v) us = true -> closedI o us -> closedI o (u :: us).
Proof.
  intros Hc Hcl A HA.
  set (P := fun e (w : bool * nat -> R) => let q := fun i => w (false, i) in let y := fun j => w (true, j) in
    exists B, (forall i, mem i (fst u) = false -> q i = 0) /\ (forall j, mem j (snd u) = false -> y j = 0) /\
      EI o us (fun i j => B i j - q i * y j) /\ (forall i, Rabs (q i) <= 1) /\
      (forall j, mem j (snd u) = true -> Rabs (y j) <= lsum (fst u) (fun i => Rabs (B i j))) /\
      (forall i j, o i j = true -> Rabs (A i j - B i j) < Rmin e 1)).
  set (size := fun j => lsum (fst u) (fun i => Rabs (A i j) + 1)).
  assert (Hsize : forall j, 0 <= size j). { intros j. apply lsum_pos. intros i. pose proof (Rabs_pos (A i j)). lra. }
  set (b := 1 + lsum (snd u) size). assert (Hb : 1 <= b). { pose proof (lsum_pos (snd u) size Hsize). unfold b; lra. }
  destruct (cluster_point _ entry_same (map (pair false) (fst u) ++ map (pair true) (snd u)) P b) as (v & Hv).
  - split.
    + intros e e' w Hle (B & H1 & H2 & H3 & H4 & H5 & H6). exists B. repeat split; auto. intros i j Ho. specialize (H6 i j Ho).
      eapply Rlt_le_trans; [exact H6|]. apply Rle_min_compat_r; auto.
    + intros e He N. assert (He1 : 0 < Rmin e 1) by (apply Rmin_glb_lt; lra). apply (HA _ He1). intros (B & HB & HN).
      destruct (normalized us B Hc HB) as (q & y & H1 & H2 & H3 & H4 & H5). apply N.
      exists (fun t : bool * nat => if fst t then y (snd t) else q (snd t)). exists B. simpl. repeat split; auto.
  - intros e w t Ht (B & H1 & H2 & H3 & H4 & H5 & H6). apply in_app_or in Ht as [Ht|Ht]; apply in_map_iff in Ht as (k & <- & Hk).
    + specialize (H4 k). lra.
    + pose proof Hk as Hm. apply mem_in in Hm. specialize (H5 k Hm). pose proof (lsum_in _ size k Hsize Hk) as Hin.
      assert (lsum (fst u) (fun i => Rabs (B i k)) <= size k); [|unfold b; lra].
      apply lsum_le. intros i Hi. apply mem_in in Hi. specialize (H6 i k (Observed _ _ Hi Hm)). pose proof (Rmin_r e 1).
      pose proof (Rabs_triang (B i k - A i k) (A i k)) as Tr. replace (B i k - A i k + A i k) with (B i k) in Tr by ring.
      rewrite (Rabs_minus_sym (A i k)) in H6. lra.
  - set (q := fun i => if mem i (fst u) then v (false, i) else 0). set (y := fun j => if mem j (snd u) then v (true, j) else 0).
    exists q, y. split. { intros i Hi. unfold q. rewrite Hi. auto. } split. { intros j Hj. unfold y. rewrite Hj. auto. }
    apply Hcl. intros eps He N.
    set (Y := lsum (snd u) (fun j => Rabs (y j))). assert (HY : 0 <= Y) by (apply lsum_pos; intros; apply Rabs_pos).
    set (d := eps / (4 + Y)). assert (Hd : 0 < d) by (apply Rdiv_lt_0_compat; lra).
    assert (Hd4 : d * (4 + Y) = eps) by (unfold d; field; lra).
    apply (Hv d d Hd Hd). intros (w & (B & H1 & H2 & H3 & H4 & H5 & H6) & Hn). apply N.
    exists (fun i j => B i j - w (false, i) * w (true, j)). split; auto. intros i j Ho. specialize (H6 i j Ho).
    pose proof (Rmin_l d 1) as Hm.
    assert (Dq : Rabs (w (false, i) - q i) <= d).
    { unfold q. destruct (mem i (fst u)) eqn:Ei.
      - apply Rlt_le, Hn, in_or_app. left. apply in_map, mem_in; auto.
      - rewrite H1 by auto. rewrite Rminus_0_r, Rabs_R0. lra. }
    assert (Dy : Rabs (w (true, j) - y j) <= d).
    { unfold y. destruct (mem j (snd u)) eqn:Ej.
      - apply Rlt_le, Hn, in_or_app. right. apply in_map, mem_in; auto.
      - rewrite H2 by auto. rewrite Rminus_0_r, Rabs_R0. lra. }
    assert (Yj : Rabs (y j) <= Y).
    { destruct (mem j (snd u)) eqn:Ej. { apply (lsum_in _ (fun j => Rabs (y j))); [intros; apply Rabs_pos|apply mem_in; auto]. }
      unfold y. rewrite Ej, Rabs_R0. auto. }
    replace (A i j - q i * y j - (B i j - w (false, i) * w (true, j)))
      with ((A i j - B i j) + (w (false, i) * (w (true, j) - y j) + (w (false, i) - q i) * y j)) by ring.
    eapply Rle_lt_trans; [apply Rabs_triang|]. pose proof (Rabs_triang (w (false, i) * (w (true, j) - y j)) ((w (false, i) - q i) * y j)) as Tr.
    rewrite !Rabs_mult in Tr. pose proof (H4 i) as Hq1. simpl in Hq1.
    pose proof (Rmult_le_compat _ _ _ _ (Rabs_pos _) (Rabs_pos _) Hq1 Dy). pose proof (Rmult_le_compat _ _ _ _ (Rabs_pos _) (Rabs_pos _) Dq Yj).
    assert (d * 4 + d * Y = eps) by lra. lra.
Qed.
End Peel.
