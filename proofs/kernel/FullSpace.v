(* Members written down unit by unit, and rule instance.full_space: with the vectors x of the units fixed to rational
   numbers, every column of observed covered entries is solvable, as right inverses of the matrices of these x show. *)
Require Import Reals List Bool Arith Lia Lra QArith Qreals.
From Semialg Require Import Statement Curve Minor Instance Product.
Import ListNotations.
Open Scope R_scope.

Definition none : rect := ([], []).
Lemma EI_explicit o us : forall (x y : nat -> nat -> R) A,
  (forall k i, mem i (fst (nth k us none)) = false -> x k i = 0) ->
  (forall k j, mem j (snd (nth k us none)) = false -> y k j = 0) ->
  (forall i j, o i j = true -> A i j = sum (length us) (fun k => x k i * y k j)) -> EI o us A.
Proof.
  induction us as [|u us IH]; intros x y A Hx Hy HA; [exact HA|].
  exists (x O), (y O). split; [exact (Hx O)|]. split; [exact (Hy O)|].
  apply (IH (fun k => x (S k)) (fun k => y (S k))).
  - intros k. exact (Hx (S k)).
  - intros k. exact (Hy (S k)).
  - intros i j Ho. rewrite HA by auto. cbn [length]. rewrite sum_first. ring.
Qed.
Lemma covered_nth us i j k : (k < length us)%nat -> inside (nth k us none) i j = true -> covered us i j = true.
Proof. intros Hk H. unfold covered. apply existsb_exists. exists (nth k us none). split; auto. apply nth_In; auto. Qed.
(* Limits vanish where something is seen but nothing can be. *)
Lemma limit_uncovered o us A : clI o us A -> forall i j, o i j = true -> covered us i j = false -> A i j = 0.
Proof. intros HA i j Ho Hc. destruct (Req_dec (A i j) 0) as [|Hne]; auto. exfalso.
  apply (HA (Rabs (A i j)) (Rabs_pos_lt _ Hne)). intros (B & HB & HN). specialize (HN i j Ho).
  destruct (resid _ _ _ HB) as (Z & HZ & HT). pose proof (uncovered _ _ HT i j Hc) as H. simpl in H. rewrite (HZ i j Ho) in H.
  replace (B i j) with 0 in HN by lra. rewrite Rminus_0_r in HN. lra. Qed.

Fixpoint qsum (n : nat) (f : nat -> Q) : Q := match n with O => 0%Q | S m => Qred (qsum m f + f m) end.
Lemma qsum_ok n f : Q2R (qsum n f) = sum n (fun k => Q2R (f k)).
Proof. induction n; cbn [qsum sum]. apply Q2R_0'. rewrite Q2R_red, Q2R_plus, IHn. auto. Qed.
Lemma sum_swap m n f : sum m (fun i => sum n (f i)) = sum n (fun j => sum m (fun i => f i j)).
Proof. induction m; simpl. symmetry; apply sum_0; auto. rewrite IHm, sum_plus. auto. Qed.
Lemma sum_delta n i f : (i < n)%nat -> sum n (fun k => (if (i =? k)%nat then 1 else 0) * f k) = f i.
Proof. intros Hi. induction n; [lia|]. simpl. destruct (Nat.eq_dec i n) as [->|Hne].
  - rewrite Nat.eqb_refl, sum_0. ring. intros k Hk. destruct (Nat.eqb_spec n k); [lia|ring].
  - rewrite IHn by lia. destruct (Nat.eqb_spec i n); [lia|ring]. Qed.

Section FullSpace.
Variables (m n : nat) (o : obsv) (us : list rect).
Variable X : list (list Q).                     (* X k i: entry i of x of unit k *)
Variable Y : list (list (list Q)).              (* Y j k i: what unit k adds to y_j for the entry (i, j) of the target *)
Definition seen i j : bool := o i j && covered us i j.
Definition x_of k i : Q := if mem i (fst (nth k us none)) then ent 0%Q X k i else 0%Q.
Definition y_of j k i : Q := if mem j (snd (nth k us none)) then ent 0%Q (nth j Y []) k i else 0%Q.
Definition check_full : bool :=
  forallb (fun j => forallb (fun i => negb (seen i j) || forallb (fun i' => negb (seen i' j) ||
      Qeq_bool (qsum (length us) (fun k => (x_of k i * y_of j k i')%Q)) (if (i =? i')%nat then 1 else 0)%Q)
    (seq 0 m)) (seq 0 m)) (seq 0 n).
Hypothesis Within : forall i j, o i j = true -> (i < m)%nat /\ (j < n)%nat.
Theorem full_closed : check_full = true -> closedI o us.
Proof.
  intros H A HA. pose proof (limit_uncovered _ _ _ HA) as H0.
  apply (EI_explicit o us (fun k i => Q2R (x_of k i))
    (fun k j => sum m (fun i' => if seen i' j then Q2R (y_of j k i') * A i' j else 0))).
  - intros k i Hm. unfold x_of. rewrite Hm. apply Q2R_0'.
  - intros k j Hm. apply sum_0. intros i' _. unfold y_of. rewrite Hm, Q2R_0'. destruct (seen i' j); ring.
  - intros i j Ho. destruct (Within i j Ho) as [Hi Hj]. destruct (covered us i j) eqn:Hcov.
    + rewrite (sum_ext (length us) _ (fun k => sum m (fun i' => Q2R (x_of k i) * (if seen i' j then Q2R (y_of j k i') * A i' j else 0)))).
      2: { intros k _. rewrite Rmult_comm, <- sum_scale. apply sum_ext. intros; ring. }
      rewrite sum_swap.
      transitivity (sum m (fun i' => (if (i =? i')%nat then 1 else 0) * (if seen i' j then A i' j else 0))).
      { rewrite (sum_delta m i (fun i' => if seen i' j then A i' j else 0)) by auto. unfold seen. rewrite Ho, Hcov. auto. }
      apply sum_ext. intros i' Hi'. destruct (seen i' j) eqn:Hs; [|rewrite Rmult_0_r, sum_0; auto; intros; ring].
      unfold check_full in H. rewrite forallb_forall in H. specialize (H j ltac:(apply in_seq; lia)).
      rewrite forallb_forall in H. specialize (H i ltac:(apply in_seq; lia)). unfold seen at 1 in H. rewrite Ho, Hcov in H. cbn [andb negb orb] in H.
      rewrite forallb_forall in H. specialize (H i' ltac:(apply in_seq; lia)). rewrite Hs in H. cbn [negb orb] in H.
      apply Qeq_bool_eq, Qeq_eqR in H. rewrite qsum_ok in H.
      rewrite (sum_ext _ _ (fun k => Q2R (x_of k i * y_of j k i') * A i' j)) by (intros; rewrite Q2R_mult; ring).
      rewrite sum_scale, H. destruct (i =? i')%nat; rewrite ?Q2R_1', ?Q2R_0'; auto.
    + rewrite H0 by auto. symmetry. apply sum_0. intros k Hk.
      destruct (inside (nth k us none) i j) eqn:Hin. { rewrite (covered_nth us i j k Hk Hin) in Hcov. discriminate. }
      unfold inside in Hin. apply andb_false_iff in Hin as [Hin|Hin].
      * unfold x_of. rewrite Hin, Q2R_0'. ring.
      * rewrite (sum_0 m); [ring|]. intros i' _. unfold y_of. rewrite Hin, Q2R_0'. destruct (seen i' j); ring.
Qed.
End FullSpace.
