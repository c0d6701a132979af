(* step.cap for rows: a row goes if as many rows like it stay as there are units at it. *)
Require Import Reals List Bool Arith Lia Lra Permutation.
From Semialg Require Import Statement Curve Minor Instance Dependence.
Import ListNotations.
Open Scope R_scope.

Lemma fsum_bound (l : list (nat -> R)) (F : (nat -> R) -> R) q : (forall x, In x l -> F x <= q) -> fsum l F <= INR (length l) * q.
Proof. intros HC. induction l as [|x l IH]; [simpl; lra|].
  change (length (x :: l)) with (S (length l)). rewrite S_INR. simpl fsum.
  pose proof (HC x (or_introl eq_refl)). specialize (IH (fun y h => HC y (or_intror h))). lra. Qed.

Section Cap.
Variable n : nat.                       (* observed entries have a column below n *)
Variable o : obsv.
Variable us : list rect.
Variables (d : nat) (ks : list nat).    (* the row to delete; rows like it that stay *)
Hypothesis Hn : forall i j, o i j = true -> (j < n)%nat.
Hypothesis Hd : ~ In d ks.
Hypothesis Hks : NoDup ks.
Hypothesis Ho : forall k j, In k ks -> o k j = o d j.
Hypothesis Ht : forall k u, In k ks -> In u us -> mem k (fst u) = mem d (fst u).
Let here (u : rect) := mem d (fst u).
Hypothesis Hc : (length (filter here us) <= length ks)%nat.
Definition without (r : nat) : obsv := fun i j => o i j && negb (i =? r)%nat.

(* all units treat the rows d :: ks alike, so a member's rows d :: ks are combinations of few *)
Lemma factors vs : (forall k u, In k ks -> In u vs -> mem k (fst u) = mem d (fst u)) -> forall A, EI o vs A ->
  exists xs : list (nat -> R), length xs = length (filter here vs) /\
    forall c, (forall x, In x xs -> dot (d :: ks) c x = 0) -> forall j, o d j = true -> dot (d :: ks) c (fun r => A r j) = 0.
Proof.
  induction vs as [|u vs IH]; intros T A H.
  - exists []. split; auto. intros c _ j Hj. unfold dot. apply lsum_zero. intros r [<-|Hr]; rewrite H; auto; try ring. rewrite Ho; auto.
  - destruct H as (x & y & Hx & Hy & HE). destruct (IH ltac:(intros; apply T; simpl; auto) _ HE) as (xs & Hl & HF).
    cbn [filter]. unfold here at 1.
    destruct (mem d (fst u)) eqn:Hu.
    + exists (x :: xs). split. simpl; auto. intros c HH j Hj. pose proof (HF c ltac:(intros; apply HH; simpl; auto) j Hj) as H1.
      pose proof (HH x (or_introl eq_refl)) as H2. unfold dot in *.
      rewrite (lsum_ext _ _ (fun r => c r * (A r j - x r * y j) + y j * (c r * x r))) by (intros; ring).
      rewrite lsum_plus, lsum_scale, H1, H2. ring.
    + exists xs. split; auto. intros c HH j Hj. rewrite <- (HF c HH j Hj). unfold dot. apply lsum_ext. intros r Hr.
      replace (x r) with 0. ring. symmetry. apply Hx. destruct Hr as [<-|Hr]; auto. rewrite T; simpl; auto.
Qed.
Lemma NoDup_rows : NoDup (d :: ks). Proof. constructor; auto. Qed.
Lemma member_dependent A : EI o us A -> exists c, (exists r, In r (d :: ks) /\ c r <> 0) /\
  forall j, o d j = true -> dot (d :: ks) c (fun r => A r j) = 0.
Proof. intros H. destruct (factors us Ht A H) as (xs & Hl & HF).
  destruct (too_many xs (d :: ks) NoDup_rows) as (c & Hr & Hz). simpl. lia. exists c. split; auto. Qed.
Definition columns (A : mat) : list (nat -> R) := map (fun j => fun r => A r j) (filter (o d) (seq 0 n)).
Lemma columns_in A x : In x (columns A) -> exists j, o d j = true /\ x = fun r => A r j.
Proof. unfold columns. rewrite in_map_iff. intros (j & <- & H). apply filter_In in H as [_ H]. eauto. Qed.
Lemma limit_dependent A : clI o us A -> exists c, (exists r, In r (d :: ks) /\ c r <> 0) /\
  forall j, o d j = true -> dot (d :: ks) c (fun r => A r j) = 0.
Proof.
  intros HA. destruct (dependent_or_bound (columns A) (d :: ks) NoDup_rows) as [(c & Hc' & H)|(K & HK & H)].
  - exists c. split; auto. intros j Hj. apply (H (fun r => A r j)). unfold columns. apply in_map_iff. exists j. split; auto.
    apply filter_In. rewrite in_seq. pose proof (Hn _ _ Hj). split; auto; lia.
  - exfalso. set (L := INR (length (columns A))). assert (HL : 0 <= L) by apply pos_INR.
    set (eps := / (1 + K * L)). assert (HKL : 0 <= K * L) by (apply Rmult_le_pos; auto).
    assert (He : 0 < eps) by (apply Rinv_0_lt_compat; lra).
    apply (HA eps He); intros (B & HB & HN). destruct (member_dependent B HB) as (c & (r & Hr & Hcr) & Hz).
    set (N := lsum (d :: ks) (fun r => Rabs (c r))).
    assert (HNp : 0 < N).
    { unfold N. clear - Hr Hcr. induction (d :: ks) as [|a l IH]; [destruct Hr|]. simpl.
      pose proof (lsum_pos l (fun r => Rabs (c r)) ltac:(intros; apply Rabs_pos)). pose proof (Rabs_pos (c a)).
      destruct Hr as [->|Hr]. pose proof (Rabs_pos_lt _ Hcr). lra. specialize (IH Hr). lra. }
    assert (HC : forall x, In x (columns A) -> Rabs (dot (d :: ks) c x) <= eps * N).
    { intros x Hx. apply columns_in in Hx as (j & Hj & ->). unfold dot.
      replace (lsum (d :: ks) (fun r0 => c r0 * A r0 j)) with (lsum (d :: ks) (fun r0 => c r0 * (A r0 j - B r0 j))).
      - eapply Rle_trans; [apply lsum_abs|]. unfold N. rewrite <- lsum_scale. apply lsum_le. intros s Hs.
        rewrite Rabs_mult, Rmult_comm. apply Rmult_le_compat_r; [apply Rabs_pos|]. apply Rlt_le, HN.
        destruct Hs as [<-|Hs]; auto. rewrite Ho; auto.
      - rewrite (lsum_ext (d :: ks) (fun r0 => c r0 * A r0 j) (fun r0 => c r0 * (A r0 j - B r0 j) + c r0 * B r0 j)) by (intros; ring).
        rewrite lsum_plus. pose proof (Hz j Hj) as H0. unfold dot in H0. rewrite H0. ring. }
    assert (HS : fsum (columns A) (fun x => Rabs (dot (d :: ks) c x)) <= L * (eps * N)).
    { apply fsum_bound. exact HC. }
    pose proof (H c) as H1. fold N in H1. pose proof (Rmult_le_compat_l K _ _ HK HS) as H2.
    assert (E1 : eps * (1 + K * L) = 1) by (unfold eps; field; lra).
    assert (H3 : N * (eps * (1 + K * L)) <= K * (L * (eps * N)) * (eps * (1 + K * L))) by (rewrite E1; lra).
    assert (H4 : 0 < N * eps) by (apply Rmult_lt_0_compat; auto).
    assert (E2 : N * (eps * (1 + K * L)) = N * eps + K * (L * (eps * N))) by ring. rewrite E1, Rmult_1_r in E2, H3. lra.
Qed.

(* a row that is a combination of the rows ks can be put back *)
Lemma put_back (mu : nat -> R) vs : (forall k u, In k ks -> In u vs -> mem k (fst u) = mem d (fst u)) ->
  forall A, EI (without d) vs A -> (forall j, o d j = true -> A d j = lsum ks (fun r => mu r * A r j)) -> EI o vs A.
Proof.
  induction vs as [|u vs IH]; simpl; intros T A H HR.
  - intros i j Hij. destruct (Nat.eq_dec i d) as [->|Hi].
    + rewrite HR by auto. apply lsum_zero. intros r Hr. rewrite H. ring. unfold without. rewrite Ho, Hij by auto.
      destruct (Nat.eqb_spec r d); auto. subst; tauto.
    + apply H. unfold without. rewrite Hij. destruct (Nat.eqb_spec i d); tauto || auto.
  - destruct H as (x & y & Hx & Hy & HE).
    exists (fun i => if (i =? d)%nat then lsum ks (fun r => mu r * x r) else x i), y. split; [|split; auto].
    + intros i Hi. destruct (Nat.eqb_spec i d) as [->|]; auto. apply lsum_zero. intros r Hr. rewrite Hx. ring. rewrite T; auto.
    + apply IH; [intros; apply T; auto| |].
      * eapply EI_ext; [|exact HE]. intros i j Hij. simpl. unfold without in Hij. apply andb_prop in Hij as [_ Hij].
        apply negb_true_iff in Hij. rewrite Hij. auto.
      * intros j Hj. rewrite Nat.eqb_refl, HR by auto.
        rewrite (lsum_ext ks (fun r => mu r * (A r j - (if (r =? d)%nat then lsum ks (fun s => mu s * x s) else x r) * y j))
                  (fun r => mu r * A r j + - y j * (mu r * x r))).
        rewrite lsum_plus, lsum_scale. ring. intros r Hr. destruct (Nat.eqb_spec r d); [subst; tauto|ring].
Qed.
(* rows d and p exchanged *)
Definition tau (p i : nat) : nat := if (i =? d)%nat then p else if (i =? p)%nat then d else i.
Lemma tau_tau p i : tau p (tau p i) = i.
Proof. unfold tau. destruct (Nat.eqb_spec i d). destruct (Nat.eqb_spec p d); subst; auto. rewrite Nat.eqb_refl; auto.
  destruct (Nat.eqb_spec i p). rewrite Nat.eqb_refl; auto. destruct (Nat.eqb_spec i d); try tauto. destruct (Nat.eqb_spec i p); tauto. Qed.
Lemma tau_obs p i j : In p (d :: ks) -> o (tau p i) j = o i j.
Proof. intros Hp. assert (o p j = o d j) by (destruct Hp as [<-|Hp]; auto). unfold tau.
  destruct (Nat.eqb_spec i d); [subst; auto|]. destruct (Nat.eqb_spec i p); subst; auto. Qed.
Lemma EI_tau p vs : In p (d :: ks) -> (forall k u, In k ks -> In u vs -> mem k (fst u) = mem d (fst u)) ->
  forall A, EI o vs A -> EI o vs (fun i j => A (tau p i) j).
Proof. intros Hp. induction vs as [|u vs IH]; simpl; intros T A H.
  - intros i j Hij. apply H. rewrite tau_obs; auto.
  - destruct H as (x & y & Hx & Hy & HE). exists (fun i => x (tau p i)), y. split; [|split; auto].
    + intros i Hi. apply Hx. assert (mem p (fst u) = mem d (fst u)) by (destruct Hp as [<-|Hp]; auto). unfold tau.
      destruct (Nat.eqb_spec i d); [subst; congruence|]. destruct (Nat.eqb_spec i p); subst; congruence.
    + apply (IH ltac:(intros; apply T; auto) _ HE). Qed.

Theorem cap_closed : closedI (without d) us -> closedI o us.
Proof.
  intros Hcl A HA. destruct (limit_dependent A HA) as (c & (p & Hp & Hcp) & Hz).
  set (A' := fun i j => A (tau p i) j).
  assert (HA' : clI o us A').
  { near HA eps B HB HN. exists (fun i j => B (tau p i) j). split. apply EI_tau; auto.
    intros i j Hij. apply HN. rewrite tau_obs; auto. }
  assert (HE : EI (without d) us A').
  { apply Hcl. near HA' eps B HB HN. exists B. split.
    eapply EI_mono; [|exact HB]. unfold without. intros i j H. apply andb_prop in H as [H _]; auto.
    intros i j H. apply HN. unfold without in H. apply andb_prop in H as [H _]; auto. }
  assert (HB : EI o us A').
  { apply (put_back (fun r => - c (tau p r) / c p)); auto. intros j Hj. specialize (Hz j Hj).
    assert (Sy : forall f, lsum (d :: ks) f = lsum (d :: ks) (fun r => f (tau p r))).
    { intros f. destruct Hp as [<-|Hp]. { apply lsum_ext. intros r _. f_equal. unfold tau. destruct (Nat.eqb_spec r d); auto. }
      destruct (in_split _ _ Hp) as (l1 & l2 & E).
      assert (PP : Permutation (d :: ks) (d :: p :: l1 ++ l2)) by (rewrite E; constructor; apply Permutation_sym, Permutation_middle).
      rewrite !(lsum_perm _ _ _ PP). pose proof (Permutation_NoDup PP NoDup_rows) as ND. inversion ND as [|? ? N1 N2]; subst. inversion N2; subst.
      simpl. unfold tau at 1 2. rewrite Nat.eqb_refl. destruct (Nat.eqb_spec p d); [subst; simpl in N1; tauto|]. rewrite Nat.eqb_refl.
      rewrite (lsum_ext (l1 ++ l2) (fun r => f (tau p r)) f). ring. intros r Hr. f_equal. unfold tau.
      destruct (Nat.eqb_spec r d); [subst; simpl in N1; tauto|]. destruct (Nat.eqb_spec r p); [subst; tauto|auto]. }
    unfold dot in Hz. rewrite Sy in Hz. simpl in Hz. assert (E : tau p d = p) by (unfold tau; rewrite Nat.eqb_refl; auto). rewrite E in Hz.
    unfold A'. rewrite E.
    rewrite (lsum_ext ks (fun r => - c (tau p r) / c p * A (tau p r) j) (fun r => (- / c p) * (c (tau p r) * A (tau p r) j))) by (intros; field; auto).
    rewrite lsum_scale. apply Rmult_eq_reg_l with (c p); auto. rewrite <- Rmult_assoc. replace (c p * - / c p) with (-1) by (field; auto). lra. }
  apply (EI_tau p us Hp Ht) in HB. eapply EI_ext; [|exact HB]. intros i j _. unfold A'. simpl. rewrite tau_tau. auto.
Qed.
End Cap.
