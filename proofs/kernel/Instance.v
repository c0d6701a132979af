(* Two layers as an instance: a sum of rectangles seen at observed entries; steps fill, split, transpose. *)
Require Import Reals List Bool Arith Lia Lra Permutation.
From Semialg Require Import Statement Curve Minor.
Import ListNotations.
Open Scope R_scope.

(* An instance: the observed entries, and the rectangles (rows, columns) of the units; multiplicity p = p copies. *)
Definition rect := (list nat * list nat)%type.
Definition obsv := nat -> nat -> bool.
Fixpoint EI (o : obsv) (us : list rect) (A : mat) : Prop :=
  match us with
  | [] => forall i j, o i j = true -> A i j = 0
  | u :: us' => exists x y, (forall i, mem i (fst u) = false -> x i = 0) /\ (forall j, mem j (snd u) = false -> y j = 0) /\
      EI o us' (fun i j => A i j - x i * y j)
  end.
(* Limits, in the weak sense that a member near A cannot fail to exist. Closedness under these implies closedness, and
   the arguments about compactness need no excluded middle. *)
Definition clI (o : obsv) us (A : mat) : Prop :=
  forall eps, 0 < eps -> ~ ~ exists B, EI o us B /\ forall i j, o i j = true -> Rabs (A i j - B i j) < eps.
Definition closedI (o : obsv) us : Prop := forall A, clI o us A -> EI o us A.
Ltac near HA eps B HB HN := let He := fresh "He" in let N := fresh "N" in
  intros eps He N; apply (HA eps He); intros (B & HB & HN); apply N; clear N.
Definition top : obsv := fun _ _ => true.

Lemma EI_ext o us : forall A B, (forall i j, o i j = true -> A i j = B i j) -> EI o us A -> EI o us B.
Proof. induction us as [|u us IH]; simpl; intros A B H.
  - intros HA i j Ho. rewrite <- H; auto.
  - intros (x & y & Hx & Hy & HE). exists x, y. repeat split; auto. eapply IH; [|exact HE]. intros. simpl. rewrite H; auto. Qed.
Lemma EI_mono (o o' : obsv) us : (forall i j, o' i j = true -> o i j = true) -> forall A, EI o us A -> EI o' us A.
Proof. intros H. induction us as [|u us IH]; simpl; intros A.
  - intros HA i j Ho. auto. - intros (x & y & Hx & Hy & HE). exists x, y. auto. Qed.
Lemma EI_obs (o o' : obsv) us A : (forall i j, o' i j = o i j) -> EI o us A -> EI o' us A.
Proof. intros H. apply EI_mono. intros. rewrite <- H; auto. Qed.
Lemma EI_perm o us us' : Permutation us us' -> forall A, EI o us A -> EI o us' A.
Proof. induction 1; intros A; auto.
  - simpl. intros (a & b & Ha & Hb & HE). exists a, b; auto.
  - simpl. intros (a & b & Ha & Hb & c & d & Hc & Hd & HE). exists c, d. repeat split; auto. exists a, b. repeat split; auto.
    eapply EI_ext; [|exact HE]. intros. simpl. ring. Qed.
Lemma same_closed o us us' : (forall A, EI o us A <-> EI o us' A) -> closedI o us' -> closedI o us.
Proof. intros H Hc A HA. apply H, Hc. near HA eps B HB HN. exists B. split; auto. apply H; auto. Qed.
Lemma perm_closed o us us' : Permutation us us' -> closedI o us' -> closedI o us.
Proof. intros H. apply same_closed. intros A. split; apply EI_perm; auto. now apply Permutation_sym. Qed.
Lemma resid o us : forall A, EI o us A -> exists Z, (forall i j, o i j = true -> Z i j = 0) /\ EI top us (fun i j => A i j - Z i j).
Proof. induction us as [|u us IH]; simpl; intros A H.
  - exists A. split; auto. intros. ring.
  - destruct H as (x & y & Hx & Hy & HE). destruct (IH _ HE) as (Z & HZ & HT). exists Z. split; auto.
    exists x, y. repeat split; auto. eapply EI_ext; [|exact HT]. intros. simpl. ring. Qed.
Lemma EI_app o us1 us2 : forall A Z, EI o us1 Z -> EI top us2 (fun i j => A i j - Z i j) -> EI o (us1 ++ us2) A.
Proof. induction us1 as [|u us IH]; simpl; intros A Z HZ HT.
  - apply (EI_ext o us2 (fun i j => A i j - Z i j)). intros. rewrite HZ; auto; ring. eapply EI_mono; [|exact HT]; auto.
  - destruct HZ as (x & y & Hx & Hy & HE). exists x, y. repeat split; auto. eapply IH; [exact HE|].
    eapply EI_ext; [|exact HT]. intros. simpl. ring. Qed.

(* ---- fill: units go, their entries become free, when one line each covers what they observe ---- *)
Inductive line := Row (i : nat) | Col (j : nat).
Definition on (u : rect) (l : line) (i j : nat) : bool :=
  mem i (fst u) && mem j (snd u) && match l with Row a => (i =? a)%nat | Col b => (j =? b)%nat end.
Definition inside (u : rect) i j : bool := mem i (fst u) && mem j (snd u).
Lemma fill_ok o sel : forall Z,
  (forall i j, o i j = true -> Z i j <> 0 -> existsb (fun s => on (fst s) (snd s) i j) sel = true) -> EI o (map fst sel) Z.
Proof.
  induction sel as [|[u l] sel IH]; simpl; intros Z H.
  - intros i j Ho. destruct (Req_dec (Z i j) 0); auto. specialize (H i j Ho H0). discriminate.
  - destruct l as [a|b].
    + exists (fun i => if (i =? a)%nat && mem i (fst u) then 1 else 0), (fun j => if mem j (snd u) then Z a j else 0).
      repeat split. intros i Hi; rewrite Hi, andb_false_r; auto. intros j Hj; rewrite Hj; auto.
      apply IH. intros i j Ho Hn. unfold on in H; cbn [fst snd] in H.
      destruct (Nat.eqb_spec i a) as [->|Hia]; cbn [andb] in Hn.
      * destruct (mem a (fst u)) eqn:Ea; [destruct (mem j (snd u)) eqn:Ej|].
        { exfalso. apply Hn. ring. }
        { specialize (H a j Ho). rewrite Ea, Ej in H. simpl in H. apply H. intro Z0. apply Hn. rewrite Z0. ring. }
        { specialize (H a j Ho). rewrite Ea in H. simpl in H. apply H. intro Z0. apply Hn. rewrite Z0. ring. }
      * specialize (H i j Ho). replace (i =? a)%nat with false in H by (symmetry; apply Nat.eqb_neq; auto).
        rewrite andb_false_r in H. simpl in H. apply H. intro Z0. apply Hn. rewrite Z0. ring.
    + exists (fun i => if mem i (fst u) then Z i b else 0), (fun j => if (j =? b)%nat && mem j (snd u) then 1 else 0).
      repeat split. intros i Hi; rewrite Hi; auto. intros j Hj; rewrite Hj, andb_false_r; auto.
      apply IH. intros i j Ho Hn. unfold on in H; cbn [fst snd] in H.
      destruct (Nat.eqb_spec j b) as [->|Hjb]; cbn [andb] in Hn.
      * destruct (mem b (snd u)) eqn:Ea; [destruct (mem i (fst u)) eqn:Ej|].
        { exfalso. apply Hn. ring. }
        { specialize (H i b Ho). rewrite Ea, Ej in H. simpl in H. apply H. intro Z0. apply Hn. rewrite Z0. ring. }
        { specialize (H i b Ho). rewrite Ea, andb_false_r in H. simpl in H. apply H. intro Z0. apply Hn. rewrite Z0. ring. }
      * specialize (H i j Ho). replace (j =? b)%nat with false in H by (symmetry; apply Nat.eqb_neq; auto).
        rewrite andb_false_r in H. simpl in H. apply H. intro Z0. apply Hn. rewrite Z0. ring.
Qed.
Definition freed (o : obsv) (us : list rect) : obsv := fun i j => o i j && negb (existsb (fun u => inside u i j) us).
Lemma strip o o' sel us : forall A, (forall i j, o' i j = true -> o i j = true /\ existsb (fun u => inside u i j) sel = false) ->
  EI o (sel ++ us) A -> EI o' us A.
Proof. induction sel as [|u sel IH]; simpl; intros A H HE.
  - eapply EI_mono; [|exact HE]. intros i j Ho. apply H in Ho. tauto.
  - destruct HE as (x & y & Hx & Hy & HE). apply IH in HE.
    + eapply EI_ext; [|exact HE]. intros i j Ho. simpl. apply H in Ho as [_ Ho]. apply orb_false_elim in Ho as [Ho _].
      unfold inside in Ho. apply andb_false_iff in Ho as [Ho|Ho]; [rewrite Hx by auto|rewrite Hy by auto]; ring.
    + intros i j Ho. apply H in Ho as [Ho H1]. apply orb_false_elim in H1 as [_ H1]. auto. Qed.
Lemma fill_member o sel us A :
  (forall i j, o i j = true -> existsb (fun u => inside u i j) (map fst sel) = true ->
     existsb (fun s => on (fst s) (snd s) i j) sel = true) ->
  EI (freed o (map fst sel)) us A -> EI o (map fst sel ++ us) A.
Proof.
  intros H HE. destruct (resid _ _ _ HE) as (Z & HZ & HT). eapply EI_app; [|exact HT]. apply fill_ok.
  intros i j Ho Hn. apply H; auto. destruct (existsb _ (map fst sel)) eqn:Hx; auto. exfalso. apply Hn, HZ.
  unfold freed. rewrite Ho, Hx. auto.
Qed.
Theorem fill_closed o sel us :
  (forall i j, o i j = true -> existsb (fun u => inside u i j) (map fst sel) = true ->
     existsb (fun s => on (fst s) (snd s) i j) sel = true) ->
  closedI (freed o (map fst sel)) us -> closedI o (map fst sel ++ us).
Proof.
  intros H Hc A HA. assert (HE : EI (freed o (map fst sel)) us A).
  { apply Hc. near HA eps B HB HN. exists B. split.
    - eapply strip; [|exact HB]. unfold freed. intros i j Ho. apply andb_prop in Ho as [H1 H2]. apply negb_true_iff in H2. auto.
    - intros i j Ho. apply andb_prop in Ho as [Ho _]. auto. }
  apply fill_member; auto.
Qed.

(* ---- split in two ---- *)
Definition disj (l l' : list nat) := forallb (fun k => negb (mem k l')) l.
Definition incl' (l l' : list nat) := forallb (fun k => mem k l') l.
Lemma mem_in k l : mem k l = true <-> In k l.
Proof. unfold mem. rewrite existsb_exists. split. intros (x & H & E). apply Nat.eqb_eq in E. subst; auto.
  intros. exists k. rewrite Nat.eqb_refl. auto. Qed.
Lemma incl_ok l l' k : incl' l l' = true -> mem k l = true -> mem k l' = true.
Proof. unfold incl'. rewrite forallb_forall. intros H Hk. apply H. apply mem_in; auto. Qed.
Lemma disj_ok l l' k : disj l l' = true -> mem k l = true -> mem k l' = false.
Proof. unfold disj. rewrite forallb_forall. intros H Hk. apply negb_true_iff, H. apply mem_in; auto. Qed.
Lemma split_same o R C R1 C1 R2 C2 us : incl' R1 R = true -> incl' R2 R = true -> incl' C1 C = true -> incl' C2 C = true ->
  disj R1 R2 = true -> disj C1 C2 = true ->
  (forall i j, o i j = true -> inside (R, C) i j = true -> inside (R1, C1) i j || inside (R2, C2) i j = true) ->
  forall A, EI o ((R, C) :: us) A <-> EI o ((R1, C1) :: (R2, C2) :: us) A.
Proof.
  intros I1 I2 I3 I4 D1 D2 H A. simpl. split.
  - intros (x & y & Hx & Hy & HE). simpl in *.
    exists (fun i => if mem i R1 then x i else 0), (fun j => if mem j C1 then y j else 0).
    split; [intros i Hi; rewrite Hi; auto|]. split; [intros i Hi; rewrite Hi; auto|].
    exists (fun i => if mem i R2 then x i else 0), (fun j => if mem j C2 then y j else 0).
    split; [intros i Hi; rewrite Hi; auto|]. split; [intros i Hi; rewrite Hi; auto|].
    eapply EI_ext; [|exact HE]. intros i j Ho. simpl. specialize (H i j Ho). unfold inside in H; simpl in H.
    destruct (mem i R1) eqn:A1. { rewrite (disj_ok _ _ _ D1 A1) in *. rewrite (incl_ok _ _ _ I1 A1) in H.
      destruct (mem j C1) eqn:B1; [ring|]. simpl in H. destruct (mem j C) eqn:BC; [discriminate H; auto|]. rewrite Hy by auto. ring. }
    destruct (mem i R2) eqn:A2. { rewrite (incl_ok _ _ _ I2 A2) in H.
      destruct (mem j C2) eqn:B1; [ring|]. simpl in H. destruct (mem j C) eqn:BC; [discriminate H; auto|]. rewrite Hy by auto. ring. }
    simpl in H. destruct (mem i R) eqn:AR. destruct (mem j C) eqn:BC. discriminate H; auto. rewrite Hy by auto; ring. rewrite Hx by auto; ring.
  - intros (x & y & Hx & Hy & x' & y' & Hx' & Hy' & HE). simpl in *.
    exists (fun i => x i + x' i), (fun j => y j + y' j).
    assert (NI : forall l l' k, incl' l l' = true -> mem k l' = false -> mem k l = false).
    { intros l l' k Hl Hk. destruct (mem k l) eqn:Ek; auto. rewrite (incl_ok _ _ _ Hl Ek) in Hk. discriminate. }
    split. { intros i Hi. rewrite Hx, Hx' by eauto. ring. } split. { intros i Hi. rewrite Hy, Hy' by eauto. ring. }
    eapply EI_ext; [|exact HE]. intros i j Ho. simpl. specialize (H i j Ho). unfold inside in H; simpl in H.
    enough (x i * y' j = 0 /\ x' i * y j = 0) by lra. split.
    + destruct (mem i R1) eqn:A1; [|rewrite Hx; auto; ring]. destruct (mem j C2) eqn:B2; [|rewrite Hy'; auto; ring].
      rewrite (incl_ok _ _ _ I1 A1), (incl_ok _ _ _ I4 B2), (disj_ok _ _ _ D1 A1) in H. simpl in H.
      destruct (mem j C1) eqn:B1; [rewrite (disj_ok _ _ _ D2 B1) in B2; discriminate|]. discriminate H; auto.
    + destruct (mem i R2) eqn:A1; [|rewrite Hx'; auto; ring]. destruct (mem j C1) eqn:B2; [|rewrite Hy; auto; ring].
      rewrite (incl_ok _ _ _ I2 A1), (incl_ok _ _ _ I3 B2), (disj_ok _ _ _ D2 B2) in H. simpl in H.
      destruct (mem i R1) eqn:B1; [rewrite (disj_ok _ _ _ D1 B1) in A1; discriminate|]. discriminate H; auto.
Qed.

(* ---- transpose ---- *)
Definition swap (u : rect) : rect := (snd u, fst u).
Lemma EI_swap o us : forall A, EI o us A -> EI (fun i j => o j i) (map swap us) (fun i j => A j i).
Proof. induction us as [|u us IH]; simpl; intros A H. auto.
  destruct H as (x & y & Hx & Hy & HE). exists y, x. repeat split; auto. apply IH in HE. eapply EI_ext; [|exact HE]. intros; simpl; ring. Qed.
Lemma swap_swap us : map swap (map swap us) = us.
Proof. induction us as [|[R C] us IH]; simpl; auto. rewrite IH; auto. Qed.
Theorem transpose_closed o us : closedI (fun i j => o j i) (map swap us) -> closedI o us.
Proof. intros Hc A HA. assert (H : EI (fun i j => o j i) (map swap us) (fun i j => A j i)).
  { apply Hc. near HA eps B HB HN. exists (fun i j => B j i). split. apply EI_swap; auto. intros; auto. }
  apply EI_swap in H. rewrite swap_swap in H. exact H. Qed.

