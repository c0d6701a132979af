(* Normal-form trees (rule instance.tree): families of matrices given by marks; every limit in a family is a member. *)
Require Import Reals List Bool Arith Lia Lra Permutation QArith Qreals.
From Semialg Require Import Statement Curve Minor Outside Instance Product Cap FullSpace TwoRows.
Import ListNotations.
Open Scope R_scope.

Inductive mark := IsZero | IsOne | NotZero | IsAny.
Definition family := nat -> nat -> mark.
Definition agrees (k : mark) (x : R) : Prop := match k with IsZero => x = 0 | IsOne => x = 1 | NotZero => x <> 0 | IsAny => True end.
Definition lies (o : obsv) (F : family) (A : mat) : Prop := forall i j, o i j = true -> agrees (F i j) (A i j).
Definition put (F : family) (a j : nat) (k : mark) : family := fun i l => if ((i =? a) && (l =? j))%nat then k else F i l.
Definition scaled (F : family) (a j : nat) : family :=
  fun i l => if (i =? a)%nat then if (l =? j)%nat then IsOne else match F i l with IsOne => NotZero | k => k end else F i l.
Definition cleared (F : family) (a b j : nat) : family :=
  fun i l => if (i =? b)%nat then if (l =? j)%nat then IsZero else match F a l with IsZero => F i l | _ => IsAny end else F i l.

Inductive node :=
  | Cases (a j : nat) (nonzero zero : node)                         (* entry (a, j) is zero or not *)
  | Scale (a j : nat) (p : node)                                    (* row a is divided by its entry at j *)
  | Clear (a b j : nat) (p : node)                                  (* entry (b, j) is cleared with row a, whose entry there is 1 *)
  | Turn (p : node)                                                 (* rows and columns exchanged *)
  | Restrict (i : nat)                                              (* row i is zero, and without it the instance is closed *)
  | Lines (ls : list line)                                          (* one line for every unit holds all that is not zero *)
  | Parameters (xs ys : list (list (nat * poly))).                  (* the units as Laurent polynomials in the entries *)

Definition without_column (o : obsv) (l : nat) : obsv := fun i j => o i j && negb (j =? l)%nat.
Definition entry_of (T : list (list (nat * poly))) (k i : nat) : poly :=
  match find (fun e => (fst e =? i)%nat) (nth k T []) with Some e => snd e | None => [] end.
(* v * (1 / v) is left out of a monomial where the entry is not zero. *)
Fixpoint drop_first (v : var) (u : mono) : option mono :=
  match u with [] => None | w :: u' => if veqb v w then Some u' else option_map (cons w) (drop_first v u') end.
Fixpoint reduce (F : family) (u : mono) : mono :=
  match u with
  | [] => []
  | (false, l, i, j) as v :: u' => let r := reduce F u' in
      match F i j with
      | NotZero => match drop_first (true, l, i, j) r with Some r' => r' | None => mins v r end
      | _ => mins v r end
  | v :: u' => mins v (reduce F u')
  end.
Definition reduced (F : family) (p : poly) : poly := fold_right (fun t acc => padd1 (fst t) (reduce F (snd t)) acc) [] p.
Definition value (F : family) (i j : nat) : poly :=
  match F i j with IsZero => [] | IsOne => [(1%Q, [])] | _ => [(1%Q, [(false, O, i, j)])] end.
Definition seen (o : obsv) (u : mono) : bool := forallb (fun v : var => let '(_, _, i, j) := v in o i j) u.
(* What the units add up to at (i, j), less what the family says. *)
Definition difference (F : family) (r : nat) (xs ys : list (list (nat * poly))) (i j : nat) : poly :=
  padd (psum r (fun k => pmul (entry_of xs k i) (entry_of ys k j))) (pmul [((-1)%Q, [])] (value F i j)).

Fixpoint check_node (rows cols : list nat) (m n : nat) (o : obsv) (us : list rect) (F : family) (p : node) : bool :=
  match p with
  | Cases a j p q => o a j && check_node rows cols m n o us (put F a j NotZero) p && check_node rows cols m n o us (put F a j IsZero) q
  | Scale a j p => o a j && match F a j with IsOne | NotZero => true | _ => false end && check_node rows cols m n o us (scaled F a j) p
  | Clear a b j p => negb (a =? b)%nat && o a j && o b j && match F a j with IsOne => true | _ => false end
      && forallb (fun u => negb (mem a (fst u)) || mem b (fst u)) us
      && forallb (fun l => negb (o b l) || o a l) (seq 0 n)
      && check_node rows cols m n o us (cleared F a b j) p
  | Turn p => check_node cols rows n m (fun i j => o j i) (map swap us) (fun i j => F j i) p
  | Restrict i => mem i rows && forallb (fun l => negb (o i l) || match F i l with IsZero => true | _ => false end) (seq 0 n)
  | Lines ls => (length ls =? length us)%nat &&
      forallb (fun i => forallb (fun j => negb (o i j) || match F i j with IsZero => true | _ => false end
        || existsb (fun s => on (fst s) (snd s) i j) (combine us ls)) (seq 0 n)) (seq 0 m)
  | Parameters xs ys =>
      forallb (fun k => forallb (fun e => mem (fst e) (fst (nth k us none))) (nth k xs [])
        && forallb (fun e => mem (fst e) (snd (nth k us none))) (nth k ys [])) (seq 0 (length us))
      && forallb (fun i => forallb (fun j => negb (o i j) ||
           (let d := difference F (length us) xs ys i j in forallb (fun t => seen o (snd t)) d && zero (reduced F d)))
         (seq 0 n)) (seq 0 m)
  end.

(* ---- operations on rows ---- *)
Lemma clI_linear o us (L : mat -> mat) A K : 0 < K -> (forall B, EI o us B -> EI o us (L B)) ->
  (forall B e, (forall i j, o i j = true -> Rabs (A i j - B i j) < e) -> forall i j, o i j = true -> Rabs (L A i j - L B i j) <= K * e) ->
  clI o us A -> clI o us (L A).
Proof. intros HK HL HN HA eps He N. assert (Hd : 0 < eps / (2 * K)) by (apply Rdiv_lt_0_compat; lra).
  apply (HA _ Hd). intros (B & HB & Hnear). apply N. exists (L B). split; auto. intros i j Ho.
  pose proof (HN B _ Hnear i j Ho) as H. replace (K * (eps / (2 * K))) with (eps / 2) in H by (field; lra). lra. Qed.
Definition mult (a : nat) (c : R) (A : mat) : mat := fun i j => if (i =? a)%nat then c * A i j else A i j.
Lemma EI_mult o us a c : forall A, EI o us A -> EI o us (mult a c A).
Proof. induction us as [|u us IH]; simpl; intros A H.
  - intros i j Ho. unfold mult. rewrite (H i j Ho). destruct (i =? a)%nat; ring.
  - destruct H as (x & y & Hx & Hy & HE). exists (fun i => if (i =? a)%nat then c * x i else x i), y. split; [|split; auto].
    { intros i Hi. rewrite Hx by auto. destruct (i =? a)%nat; ring. }
    apply IH in HE. eapply EI_ext; [|exact HE]. intros i j _. unfold mult. destruct (i =? a)%nat; ring. Qed.
Definition add (a b : nat) (c : R) (A : mat) : mat := fun i j => if (i =? b)%nat then A i j + c * A a j else A i j.
Lemma EI_add o us a b c : (forall j, o b j = true -> o a j = true) -> forallb (fun u => negb (mem a (fst u)) || mem b (fst u)) us = true ->
  forall A, EI o us A -> EI o us (add a b c A).
Proof. intros Ho. induction us as [|u us IH]; intros Hu A H.
  - intros i j Hij. unfold add. destruct (Nat.eqb_spec i b) as [->|]; rewrite H by auto; auto. rewrite H by auto. ring.
  - cbn [forallb] in Hu. apply andb_prop in Hu as [Hu Hus]. destruct H as (x & y & Hx & Hy & HE).
    exists (fun i => if (i =? b)%nat then x i + c * x a else x i), y. split; [|split; auto].
    { intros i Hi. destruct (Nat.eqb_spec i b) as [->|]; auto. rewrite Hx by auto. rewrite Hi, orb_false_r in Hu. apply negb_true_iff in Hu.
      rewrite Hx by auto. ring. }
    apply (IH Hus) in HE. eapply EI_ext; [|exact HE]. intros i j _. unfold add. destruct (i =? b)%nat; ring. Qed.
Lemma clI_mult o us a c A : clI o us A -> clI o us (mult a c A).
Proof. apply (clI_linear o us (mult a c) A (1 + Rabs c)). pose proof (Rabs_pos c); lra. apply EI_mult.
  intros B e HN i j Ho. specialize (HN i j Ho). pose proof (Rabs_pos c) as Hc. pose proof (Rabs_pos (A i j - B i j)) as Hp. unfold mult.
  destruct (i =? a)%nat.
  - replace (c * A i j - c * B i j) with (c * (A i j - B i j)) by ring. rewrite Rabs_mult. pose proof (Rmult_le_compat_l _ _ _ Hc (Rlt_le _ _ HN)). lra.
  - pose proof (Rmult_le_pos _ e Hc ltac:(lra)). lra. Qed.
Lemma clI_add o us a b c A : (forall j, o b j = true -> o a j = true) -> forallb (fun u => negb (mem a (fst u)) || mem b (fst u)) us = true ->
  clI o us A -> clI o us (add a b c A).
Proof. intros Ho Hu. apply (clI_linear o us (add a b c) A (1 + Rabs c)). pose proof (Rabs_pos c); lra. apply EI_add; auto.
  intros B e HN i j Hij. pose proof (HN i j Hij) as H1. pose proof (Rabs_pos c) as Hc. pose proof (Rabs_pos (A i j - B i j)) as Hp. unfold add.
  destruct (Nat.eqb_spec i b) as [->|].
  - pose proof (HN a j (Ho j Hij)) as H2. replace (A b j + c * A a j - (B b j + c * B a j)) with ((A b j - B b j) + c * (A a j - B a j)) by ring.
    eapply Rle_trans; [apply Rabs_triang|]. rewrite Rabs_mult. pose proof (Rmult_le_compat_l _ _ _ Hc (Rlt_le _ _ H2)). lra.
  - pose proof (Rmult_le_pos _ e Hc ltac:(lra)). lra. Qed.
Lemma put_zero_row o us d : forall A, EI (without o d) us A -> (forall j, o d j = true -> A d j = 0) -> EI o us A.
Proof. induction us as [|u us IH]; simpl; intros A H HR.
  - intros i j Ho. destruct (Nat.eq_dec i d) as [->|Hne]; auto. apply H. unfold without. apply Nat.eqb_neq in Hne. rewrite Ho, Hne. auto.
  - destruct H as (x & y & Hx & Hy & HE). exists (fun i => if (i =? d)%nat then 0 else x i), y. split; [|split; auto].
    { intros i Hi. destruct (i =? d)%nat; auto. }
    apply IH.
    + eapply EI_ext; [|exact HE]. intros i j Ho. simpl. unfold without in Ho. apply andb_prop in Ho as [_ Ho]. apply negb_true_iff in Ho. rewrite Ho. auto.
    + intros j Hj. rewrite Nat.eqb_refl, HR by auto. ring. Qed.

(* ---- polynomials in the entries ---- *)
Section Value.
Variables (F : family) (A : mat) (o : obsv).
Definition env (v : var) : R := let '(inv, _, i, j) := v in if inv : bool then / A i j else A i j.
Hypothesis Lies : lies o F A.
Lemma drop_first_ok v u : forall u', drop_first v u = Some u' -> mev env u = env v * mev env u'.
Proof. induction u as [|w u IH]; simpl; intros u' H; try discriminate. destruct (veqb v w) eqn:E0.
  - injection H as <-. apply veqb_eq in E0. subst. auto.
  - destruct (drop_first v u) eqn:E1; try discriminate. injection H as <-. simpl. rewrite (IH m eq_refl). ring. Qed.
Lemma reduce_ok u : seen o u = true -> mev env (reduce F u) = mev env u.
Proof. induction u as [|[[[inv l] i] j] u IH]; auto. intros H. cbn [seen forallb] in H. apply andb_prop in H as [H1 H2].
  specialize (IH H2). destruct inv; cbn [reduce mev]. { rewrite mev_ins, IH. auto. }
  destruct (F i j) eqn:E0; try (rewrite mev_ins, IH; auto; fail).
  destruct (drop_first (true, l, i, j) (reduce F u)) eqn:E1; [|rewrite mev_ins, IH; auto].
  rewrite <- IH, (drop_first_ok _ _ _ E1). cbn [env]. pose proof (Lies i j H1) as L. rewrite E0 in L. simpl in L. field. auto. Qed.
Lemma reduced_ok p : forallb (fun t => seen o (snd t)) p = true -> pev env (reduced F p) = pev env p.
Proof. induction p as [|[c u] p IH]; auto. cbn [forallb snd]. intros H. apply andb_prop in H as [H1 H2].
  cbn [reduced fold_right pev fst snd]. fold (reduced F p). rewrite pev_add1, reduce_ok, IH; auto. Qed.
Lemma value_ok i j : o i j = true -> pev env (value F i j) = A i j.
Proof. intros Ho. pose proof (Lies i j Ho) as L. unfold value. destruct (F i j); simpl in L; cbn [pev mev env]; rewrite ?Q2R_1'; lra. Qed.
End Value.
Lemma pev_psum env r f : pev env (psum r f) = sum r (fun k => pev env (f k)).
Proof. induction r; simpl; auto. rewrite pev_add, IHr. ring. Qed.
Lemma entry_of_none T k i : forallb (fun e => negb (fst e =? i)%nat) (nth k T []) = true -> entry_of T k i = [].
Proof. unfold entry_of. intros H. destruct (find _ (nth k T [])) eqn:E0; auto. apply find_some in E0 as [Hin E0].
  rewrite forallb_forall in H. specialize (H _ Hin). rewrite E0 in H. discriminate. Qed.
Lemma entry_of_outside T k i l : forallb (fun e : nat * poly => mem (fst e) l) (nth k T []) = true -> mem i l = false -> entry_of T k i = [].
Proof. intros H Hi. apply entry_of_none. rewrite forallb_forall in *. intros e He. specialize (H e He).
  destruct (Nat.eqb_spec (fst e) i); auto. subst. congruence. Qed.

(* ---- soundness ---- *)
Lemma combine_fst {S T} (l : list S) : forall (l' : list T), length l' = length l -> map fst (combine l l') = l.
Proof. induction l; destruct l'; simpl; intros H; try discriminate; auto. f_equal; auto. Qed.
Lemma lies_put o F A a j k : lies o F A -> agrees k (A a j) -> lies o (put F a j k) A.
Proof. intros H Hk i l Ho. unfold put. destruct (Nat.eqb_spec i a); destruct (Nat.eqb_spec l j); subst; simpl; auto. Qed.
Lemma swap_clI o us A : clI o us A -> clI (fun i j => o j i) (map swap us) (fun i j => A j i).
Proof. intros HA. near HA eps B HB HN. exists (fun i j => B j i). split. apply EI_swap; auto. intros; auto. Qed.

Theorem check_node_ok p : forall rows cols m n o us F,
  (forall i j, o i j = true -> (i < m)%nat /\ (j < n)%nat) ->
  (forall i, mem i rows = true -> closedI (without o i) us) -> (forall j, mem j cols = true -> closedI (without_column o j) us) ->
  check_node rows cols m n o us F p = true -> forall A, clI o us A -> lies o F A -> EI o us A.
Proof.
  induction p as [a j p IHp q IHq|a j p IH|a b j p IH|p IH|i|ls|xs ys]; intros rows cols m n o us F W HR HC H A HA HF; cbn [check_node] in H.
  - apply andb_prop in H as [H H2]. apply andb_prop in H as [Ho H1]. destruct (Req_dec (A a j) 0) as [Z|NZ].
    + apply (IHq rows cols m n o us (put F a j IsZero)); auto. apply lies_put; auto.
    + apply (IHp rows cols m n o us (put F a j NotZero)); auto. apply lies_put; auto.
  - apply andb_prop in H as [H H2]. apply andb_prop in H as [Ho H1]. set (c := A a j).
    assert (Hc : c <> 0). { pose proof (HF a j Ho) as L. unfold c. destruct (F a j); simpl in L; try discriminate; auto. lra. }
    assert (HE : EI o us (mult a (/ c) A)).
    { apply (IH rows cols m n o us (scaled F a j)); auto. apply clI_mult; auto. intros i l Hil. pose proof (HF i l Hil) as L. unfold scaled, mult.
      destruct (Nat.eqb_spec i a) as [->|]; auto. destruct (Nat.eqb_spec l j) as [->|]. { simpl. fold c. field. auto. }
      pose proof (Rinv_neq_0_compat c Hc). destruct (F a l); simpl in L |- *;
        [rewrite L; ring|rewrite L, Rmult_1_r; auto|apply Rmult_integral_contrapositive_currified; auto|exact I]. }
    apply (EI_mult o us a c) in HE. eapply EI_ext; [|exact HE]. intros i l _. unfold mult. destruct (i =? a)%nat; auto. field. auto.
  - repeat (apply andb_prop in H as [H ?]). rename H into Hab. apply negb_true_iff, Nat.eqb_neq in Hab.
    assert (Hob : forall l, o b l = true -> o a l = true).
    { intros l Hl. rewrite forallb_forall in H1. destruct (W _ _ Hl) as [_ Hn]. specialize (H1 l ltac:(apply in_seq; lia)). rewrite Hl in H1. auto. }
    assert (A1 : A a j = 1). { pose proof (HF a j H5) as L. destruct (F a j); try discriminate. exact L. }
    set (c := - A b j).
    assert (HE : EI o us (add a b c A)).
    { apply (IH rows cols m n o us (cleared F a b j)); auto. apply clI_add; auto. intros i l Hil. pose proof (HF i l Hil) as L. unfold cleared, add.
      destruct (Nat.eqb_spec i b) as [->|]; auto. destruct (Nat.eqb_spec l j) as [->|]. { simpl. rewrite A1. unfold c. ring. }
      pose proof (HF a l (Hob l Hil)) as La. destruct (F a l); try exact I. simpl in La. rewrite La. replace (A b l + c * 0) with (A b l) by ring. auto. }
    apply (EI_add o us a b (- c)) in HE; auto. eapply EI_ext; [|exact HE]. intros i l _. unfold add.
    destruct (Nat.eqb_spec i b) as [->|]; auto. apply Nat.eqb_neq in Hab. rewrite Hab. ring.
  - assert (HE : EI (fun i j => o j i) (map swap us) (fun i j => A j i)).
    { apply (IH cols rows n m (fun i j => o j i) (map swap us) (fun i j => F j i)); auto.
      - intros i j Ho. apply W in Ho. tauto.
      - intros j Hj. apply transpose_closed. rewrite swap_swap. apply HC; auto.
      - intros i Hi. apply transpose_closed. rewrite swap_swap. apply HR; auto.
      - apply swap_clI; auto.
      - intros i j Ho. apply HF; auto. }
    apply EI_swap in HE. rewrite swap_swap in HE. exact HE.
  - apply andb_prop in H as [H1 H2]. apply (put_zero_row o us i).
    + apply HR; auto. near HA eps B HB HN. exists B. split.
      * eapply EI_mono; [|exact HB]. unfold without. intros k l Hk. apply andb_prop in Hk as [Hk _]; auto.
      * intros k l Hk. apply HN. unfold without in Hk. apply andb_prop in Hk as [Hk _]; auto.
    + intros l Ho. rewrite forallb_forall in H2. destruct (W _ _ Ho) as [_ Hl]. specialize (H2 l ltac:(apply in_seq; lia)).
      rewrite Ho in H2. pose proof (HF i l Ho) as L. destruct (F i l); try discriminate. exact L.
  - apply andb_prop in H as [H1 H2]. apply Nat.eqb_eq in H1. rewrite <- (combine_fst us ls) by auto. apply fill_ok.
    intros i j Ho Hn. destruct (W _ _ Ho) as [Hi Hj]. rewrite forallb_forall in H2. specialize (H2 i ltac:(apply in_seq; lia)).
    rewrite forallb_forall in H2. specialize (H2 j ltac:(apply in_seq; lia)). rewrite Ho in H2. cbn [negb orb] in H2.
    pose proof (HF i j Ho) as L. destruct (F i j); simpl in *; auto.
  - apply andb_prop in H as [H1 H2].
    apply (EI_explicit o us (fun k i => if (k <? length us)%nat then pev (env A) (entry_of xs k i) else 0)
       (fun k j => if (k <? length us)%nat then pev (env A) (entry_of ys k j) else 0)).
    + intros k i Hm. destruct (Nat.ltb_spec k (length us)); auto. rewrite forallb_forall in H1. specialize (H1 k ltac:(apply in_seq; lia)).
      apply andb_prop in H1 as [H1 _]. rewrite (entry_of_outside xs k i _ H1 Hm). auto.
    + intros k j Hm. destruct (Nat.ltb_spec k (length us)); auto. rewrite forallb_forall in H1. specialize (H1 k ltac:(apply in_seq; lia)).
      apply andb_prop in H1 as [_ H1]. rewrite (entry_of_outside ys k j _ H1 Hm). auto.
    + intros i j Ho. destruct (W _ _ Ho) as [Hi Hj]. rewrite forallb_forall in H2. specialize (H2 i ltac:(apply in_seq; lia)).
      rewrite forallb_forall in H2. specialize (H2 j ltac:(apply in_seq; lia)). rewrite Ho in H2. cbn [negb orb] in H2. cbv zeta in H2.
      apply andb_prop in H2 as [H2 H3]. apply (pev_zero (env A)) in H3. rewrite (reduced_ok F A o HF) in H3 by auto. unfold difference in H3.
      rewrite pev_add, pev_mul, pev_psum in H3. rewrite (value_ok F A o HF i j Ho) in H3. cbn [pev mev] in H3. rewrite Q2R_m1 in H3.
      rewrite (sum_ext _ _ (fun k => pev (env A) (pmul (entry_of xs k i) (entry_of ys k j)))). lra.
      intros k Hk. apply Nat.ltb_lt in Hk. rewrite Hk, pev_mul. auto.
Qed.
Definition root (us : list rect) : family := fun i j => if covered us i j then IsAny else IsZero.
Theorem tree_closed rows cols m n o us p : (forall i j, o i j = true -> (i < m)%nat /\ (j < n)%nat) ->
  (forall i, mem i rows = true -> closedI (without o i) us) -> (forall j, mem j cols = true -> closedI (without_column o j) us) ->
  check_node rows cols m n o us (root us) p = true -> closedI o us.
Proof. intros W HR HC H A HA. apply (check_node_ok p rows cols m n o us (root us) W HR HC H A HA).
  intros i j Ho. unfold root. destruct (covered us i j) eqn:E0; simpl; auto. apply (limit_uncovered _ _ _ HA); auto. Qed.
