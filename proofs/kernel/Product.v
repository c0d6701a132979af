(* Rule instance.product: units in two groups that share no observed entry. *)
Require Import Reals List Bool Arith Lia Lra Permutation.
From Semialg Require Import Statement Curve Minor Instance.
Import ListNotations.
Open Scope R_scope.

Definition covered (us : list rect) i j : bool := existsb (fun u => inside u i j) us.
Lemma uncovered us : forall S, EI top us S -> forall i j, covered us i j = false -> S i j = 0.
Proof. induction us as [|u us IH]; intros S H i j Hc. apply H; reflexivity.
  destruct H as (x & y & Hx & Hy & HE). cbn in Hc. apply orb_false_elim in Hc as [H1 H2]. pose proof (IH _ HE i j H2) as H0. simpl in H0.
  assert (x i * y j = 0); [|lra]. unfold inside in H1. apply andb_false_iff in H1 as [H1|H1]; [rewrite Hx|rewrite Hy]; auto; ring. Qed.
Lemma uncovered_seen o us S : EI o us S -> forall i j, o i j = true -> covered us i j = false -> S i j = 0.
Proof. intros H i j Ho Hc. destruct (resid _ _ _ H) as (Z & HZ & HT). pose proof (uncovered _ _ HT i j Hc) as U. simpl in U.
  rewrite (HZ i j Ho) in U. lra. Qed.
Lemma EI_parts o us2 us1 : forall A, EI o (us2 ++ us1) A -> exists Z, EI o us1 Z /\ EI top us2 (fun i j => A i j - Z i j).
Proof. induction us2 as [|u us IH]; simpl; intros A H.
  - exists A. split; auto. intros; ring.
  - destruct H as (x & y & Hx & Hy & HE). destruct (IH _ HE) as (Z & HZ & HT). exists Z. split; auto. exists x, y. repeat split; auto.
    eapply EI_ext; [|exact HT]. intros; simpl; ring. Qed.

Theorem product_closed o us1 us2 :
  (forall i j, o i j = true -> covered us1 i j && covered us2 i j = false) ->
  closedI o us1 -> closedI o us2 -> closedI o (us1 ++ us2).
Proof.
  intros H C1 C2 A HA.
  set (A1 := fun i j => if covered us2 i j then 0 else A i j). set (A2 := fun i j => if covered us2 i j then A i j else 0).
  assert (Parts : forall B, EI o (us1 ++ us2) B -> exists Z, EI o us1 Z /\ EI o us2 (fun i j => B i j - Z i j) /\
     forall i j, o i j = true -> Z i j = if covered us2 i j then 0 else B i j).
  { intros B HB. apply (EI_perm o _ (us2 ++ us1)) in HB; [|apply Permutation_app_comm].
    destruct (EI_parts _ _ _ _ HB) as (Z & HZ & HT). exists Z. split; auto. split. { eapply EI_mono; [|exact HT]; auto. }
    intros i j Ho. destruct (covered us2 i j) eqn:E0.
    - apply (uncovered_seen o us1); auto. specialize (H i j Ho). rewrite E0, andb_true_r in H. auto.
    - pose proof (uncovered _ _ HT i j E0) as U. simpl in U. lra. }
  assert (E1 : EI o us1 A1).
  { apply C1. near HA eps B HB HN. destruct (Parts B HB) as (Z & HZ & _ & Heq). exists Z. split; auto. intros i j Ho.
    rewrite (Heq i j Ho). unfold A1. destruct (covered us2 i j); auto. rewrite Rminus_0_r, Rabs_R0; auto. }
  assert (E2 : EI o us2 A2).
  { apply C2. near HA eps B HB HN. destruct (Parts B HB) as (Z & _ & HT & Heq). exists (fun i j => B i j - Z i j). split; auto. intros i j Ho.
    rewrite (Heq i j Ho). unfold A2. destruct (covered us2 i j); rewrite ?Rminus_0_r; auto.
    replace (0 - (B i j - B i j)) with 0 by ring. rewrite Rabs_R0; auto. }
  destruct (resid _ _ _ E2) as (Z2 & HZ2 & T2).
  apply (EI_app o us1 us2 A (fun i j => A1 i j + Z2 i j)).
  - eapply EI_ext; [|exact E1]. intros i j Ho. simpl. rewrite (HZ2 i j Ho). ring.
  - eapply EI_ext; [|exact T2]. intros i j _. simpl. unfold A1, A2. destruct (covered us2 i j); ring.
Qed.
