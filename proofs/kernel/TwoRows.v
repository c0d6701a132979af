(* Rule instance.two_rows, for units that all have both of two rows (the others fill a line before). A unit that owns columns
   has the direction that they force; the others get directions that differ from all of these and from each other, so that
   in every other column two of them span the plane. *)
Require Import Reals List Bool Arith Lia Lra Permutation.
From Semialg Require Import Statement Curve Minor Instance Product FullSpace.
Import ListNotations.
Open Scope R_scope.

(* What holds in a column: nothing is seen; one row is seen and unit p covers it; only unit p covers it; p and q cover it. *)
Inductive column := Nothing | Single (p : nat) | Owned (p : nat) | Pair (p q : nat).

Fixpoint take (k : nat) (us : list rect) : option (rect * list rect) :=
  match us, k with
  | [], _ => None
  | u :: us', O => Some (u, us')
  | u :: us', S k' => match take k' us' with Some (v, r) => Some (v, u :: r) | None => None end
  end.
Lemma take_perm us : forall k u r, take k us = Some (u, r) -> Permutation us (u :: r).
Proof. induction us as [|v us IH]; intros [|k] u r; simpl; try discriminate. intros [= -> ->]; auto.
  destruct (take k us) as [[w s]|] eqn:E; try discriminate. intros [= -> <-]. apply IH in E. rewrite E. apply perm_swap. Qed.

Lemma product_near x y x' y' d : Rabs (x - x') < d -> Rabs (y - y') < d -> d <= 1 ->
  Rabs (x * y - x' * y') <= d * (Rabs x + Rabs y + 1).
Proof. intros Hx Hy Hd. replace (x * y - x' * y') with (x * (y - y') + (x - x') * y + - ((x - x') * (y - y'))) by ring.
  pose proof (Rabs_triang (x * (y - y') + (x - x') * y) (- ((x - x') * (y - y')))) as T1.
  pose proof (Rabs_triang (x * (y - y')) ((x - x') * y)) as T2. rewrite Rabs_Ropp in T1. rewrite !Rabs_mult in *.
  pose proof (Rabs_pos x). pose proof (Rabs_pos y). pose proof (Rabs_pos (x - x')). pose proof (Rabs_pos (y - y')).
  pose proof (Rmult_le_compat_l (Rabs x) _ _ H (Rlt_le _ _ Hy)). pose proof (Rmult_le_compat_r (Rabs y) _ _ H0 (Rlt_le _ _ Hx)).
  assert (Rabs (x - x') * Rabs (y - y') <= d * 1); [|lra]. apply Rmult_le_compat; lra. Qed.
Lemma sum_one n p f c : (p < n)%nat -> sum n (fun k => f k * (if (k =? p)%nat then c else 0)) = f p * c.
Proof. intros Hp. induction n; [lia|]. simpl. destruct (Nat.eq_dec p n) as [->|Hne].
  - rewrite Nat.eqb_refl, sum_0. ring. intros k Hk. destruct (Nat.eqb_spec k n); [lia|ring].
  - rewrite IHn by lia. destruct (Nat.eqb_spec n p); [lia|ring]. Qed.
Lemma sum_two n p q f c e : (p < n)%nat -> (q < n)%nat -> p <> q ->
  sum n (fun k => f k * (if (k =? p)%nat then c else if (k =? q)%nat then e else 0)) = f p * c + f q * e.
Proof. intros Hp Hq Hpq. rewrite <- (sum_one n p f c Hp), <- (sum_one n q f e Hq), <- sum_plus. apply sum_ext. intros k _.
  destruct (Nat.eqb_spec k p); destruct (Nat.eqb_spec k q); subst; try lia; ring. Qed.

Lemma sum_nonneg k f : (forall i, 0 <= f i) -> 0 <= sum k f.
Proof. intros H. induction k; simpl. lra. specialize (H k). lra. Qed.
Lemma sum_member k f i : (forall i, 0 <= f i) -> (i < k)%nat -> f i <= sum k f.
Proof. intros H Hi. induction k; [lia|]. simpl. destruct (Nat.eq_dec i k) as [->|].
  - pose proof (sum_nonneg k f H). lra. - specialize (IHk ltac:(lia)). specialize (H k). lra. Qed.

Section TwoRows.
Variables (m n : nat) (o : obsv) (us : list rect) (a b : nat) (columns : list column).
Let r := length us.
Definition kind (j : nat) : column := nth j columns Nothing.
Definition owned (k j : nat) : bool := match kind j with Owned p => (p =? k)%nat | _ => false end.
Definition owner (k : nat) : bool := existsb (owned k) (seq 0 n).
Definition has (k j : nat) : bool := (k <? r)%nat && mem j (snd (nth k us none)).
Definition check_column (j : nat) : bool :=
  match kind j with
  | Nothing => forallb (fun i => negb (o i j && covered us i j)) (seq 0 m)
  | Single p => has p j && negb (owner p) && negb (o a j && o b j)
  | Owned p => has p j && o a j && o b j &&
      match take p us with Some (_, rest) => forallb (fun v => negb (mem j (snd v))) rest | None => false end
  | Pair p q => has p j && has q j && negb (p =? q)%nat && negb (owner p)
  end.
Definition check_two_rows : bool :=
  negb (a =? b)%nat && forallb (fun u => mem a (fst u) && mem b (fst u)) us &&
  forallb (fun j => check_column j && forallb (fun i => negb (o i j && covered us i j) || (i =? a)%nat || (i =? b)%nat) (seq 0 m)) (seq 0 n).
Hypothesis Within : forall i j, o i j = true -> (i < m)%nat /\ (j < n)%nat.
Hypothesis Checked : check_two_rows = true.

Lemma differ : a <> b.
Proof. unfold check_two_rows in Checked. apply andb_prop in Checked as [H _]. apply andb_prop in H as [H _].
  apply negb_true_iff, Nat.eqb_neq in H. auto. Qed.
Lemma checked_column j : (j < n)%nat -> check_column j = true.
Proof. intros Hj. unfold check_two_rows in Checked. apply andb_prop in Checked as [_ H]. rewrite forallb_forall in H.
  specialize (H j ltac:(apply in_seq; lia)). apply andb_prop in H as [H _]. auto. Qed.
Lemma elsewhere i j : o i j = true -> i <> a -> i <> b -> covered us i j = false.
Proof. intros Ho Ha Hb. destruct (Within _ _ Ho) as [Hi Hj]. unfold check_two_rows in Checked. apply andb_prop in Checked as [_ H].
  rewrite forallb_forall in H. specialize (H j ltac:(apply in_seq; lia)). apply andb_prop in H as [_ H].
  rewrite forallb_forall in H. specialize (H i ltac:(apply in_seq; lia)).
  apply Nat.eqb_neq in Ha, Hb. rewrite Ha, Hb, Ho in H. destruct (covered us i j); simpl in H; auto. Qed.
Lemma both_rows k i : (k < r)%nat -> i = a \/ i = b -> mem i (fst (nth k us none)) = true.
Proof. intros Hk Hi. unfold check_two_rows in Checked. apply andb_prop in Checked as [H _]. apply andb_prop in H as [_ H].
  rewrite forallb_forall in H. specialize (H (nth k us none) ltac:(apply nth_In; auto)). apply andb_prop in H as [H1 H2].
  destruct Hi as [->| ->]; auto. Qed.

Variable A : mat.
Hypothesis Limit : clI o us A.

(* The columns that a unit owns are parallel. *)
Lemma parallel k j j' : (j < n)%nat -> (j' < n)%nat -> owned k j = true -> owned k j' = true -> A a j * A b j' = A a j' * A b j.
Proof.
  intros Hj Hj' H H'. pose proof (checked_column _ Hj) as C. pose proof (checked_column _ Hj') as C'.
  unfold owned in H, H'. unfold check_column in C, C'. destruct (kind j) eqn:E; try discriminate. destruct (kind j') eqn:E'; try discriminate.
  apply Nat.eqb_eq in H, H'. subst p p0. destruct (take k us) as [[u rest]|] eqn:Et; [|rewrite andb_false_r in C; discriminate].
  repeat (apply andb_prop in C as [C ?]). repeat (apply andb_prop in C' as [C' ?]).
  assert (Off : forall i l, forallb (fun v => negb (mem l (snd v))) rest = true -> covered rest i l = false).
  { intros i l Hr. unfold covered. destruct (existsb _ rest) eqn:Ex; auto. apply existsb_exists in Ex as (v & Hv & Hin).
    rewrite forallb_forall in Hr. specialize (Hr v Hv). unfold inside in Hin. apply andb_prop in Hin as [_ Hin]. rewrite Hin in Hr. discriminate. }
  assert (M : forall B, EI o us B -> B a j * B b j' = B a j' * B b j).
  { intros B HB. apply (EI_perm _ _ _ (take_perm _ _ _ _ Et)) in HB. destruct HB as (x & y & Hx & Hy & HE).
    assert (V : forall i l, o i l = true -> forallb (fun v => negb (mem l (snd v))) rest = true -> B i l = x i * y l).
    { intros i l Ho Hr. pose proof (uncovered_seen _ _ _ HE i l Ho (Off i l Hr)) as U. simpl in U. lra. }
    rewrite !V by auto. ring. }
  destruct (Req_dec (A a j * A b j' - A a j' * A b j) 0) as [|Hne]; [lra|]. exfalso.
  set (P := Rabs (A a j * A b j' - A a j' * A b j)). assert (HP : 0 < P) by (apply Rabs_pos_lt; auto).
  set (S := (Rabs (A a j) + Rabs (A b j') + 1) + (Rabs (A a j') + Rabs (A b j) + 1)).
  assert (HS : 2 <= S). { unfold S. pose proof (Rabs_pos (A a j)). pose proof (Rabs_pos (A b j')). pose proof (Rabs_pos (A a j')). pose proof (Rabs_pos (A b j)). lra. }
  set (d := Rmin 1 (P / (2 * S))). assert (Hd : 0 < d). { apply Rmin_glb_lt; [lra|]. apply Rdiv_lt_0_compat; lra. }
  assert (HdS : d * S <= P / 2). { apply Rle_trans with (P / (2 * S) * S). apply Rmult_le_compat_r; [lra|apply Rmin_r]. right. field. lra. }
  apply (Limit d Hd). intros (B & HB & HN). pose proof (M B HB) as Hpar.
  pose proof (product_near _ _ _ _ d (HN a j ltac:(auto)) (HN b j' ltac:(auto)) (Rmin_l _ _)) as N1.
  pose proof (product_near _ _ _ _ d (HN a j' ltac:(auto)) (HN b j ltac:(auto)) (Rmin_l _ _)) as N2.
  assert (P <= d * S); [|lra]. unfold P, S.
  replace (A a j * A b j' - A a j' * A b j) with ((A a j * A b j' - B a j * B b j') + - (A a j' * A b j - B a j' * B b j)) by (rewrite Hpar; ring).
  eapply Rle_trans; [apply Rabs_triang|]. rewrite Rabs_Ropp. rewrite Rmult_plus_distr_l. lra.
Qed.

(* Directions. *)
Definition alive (j : nat) : bool := if Req_EM_T (A a j) 0 then if Req_EM_T (A b j) 0 then false else true else true.
Definition hit (k : nat) : option nat := find (fun j => owned k j && alive j) (seq 0 n).
Definition ox (k : nat) : R := match hit k with Some j => A a j | None => 1 end.
Definition oy (k : nat) : R := match hit k with Some j => A b j | None => 0 end.
Definition steep : R := 1 + sum r (fun k => Rabs (oy k * / ox k)).
Definition dx (k : nat) : R := if owner k then ox k else 1.
Definition dy (k : nat) : R := if owner k then oy k else steep + INR k.
Lemma alive_spec j : if alive j then A a j <> 0 \/ A b j <> 0 else A a j = 0 /\ A b j = 0.
Proof. unfold alive. destruct (Req_EM_T (A a j) 0); auto. destruct (Req_EM_T (A b j) 0); auto. Qed.
Lemma owner_direction k : ox k <> 0 \/ oy k <> 0.
Proof. unfold ox, oy. destruct (hit k) eqn:E; [|left; lra]. apply find_some in E as [_ E]. apply andb_prop in E as [_ E].
  pose proof (alive_spec n0). rewrite E in H. auto. Qed.
Lemma owner_forced k j : (j < n)%nat -> owned k j = true -> A a j * oy k = A b j * ox k.
Proof. intros Hj Ho. unfold ox, oy. destruct (hit k) as [j0|] eqn:E.
  - apply find_some in E as [Hin E]. apply in_seq in Hin. apply andb_prop in E as [E _].
    pose proof (parallel k j j0 Hj ltac:(lia) Ho E). lra.
  - pose proof (find_none _ _ E j ltac:(apply in_seq; lia)) as H. simpl in H. rewrite Ho in H. pose proof (alive_spec j) as S. simpl in H. rewrite H in S.
    destruct S as [-> ->]. ring. Qed.
Lemma steep_pos k : 0 < steep + INR k.
Proof. unfold steep. pose proof (sum_nonneg r (fun k => Rabs (oy k * / ox k)) (fun i => Rabs_pos _)). pose proof (pos_INR k). lra. Qed.
Lemma independent p q : (q < r)%nat -> p <> q -> owner p = false -> dx p * dy q - dx q * dy p <> 0.
Proof. intros Hq Hpq Hp. unfold dx, dy. rewrite Hp. destruct (owner q).
  - intros H. destruct (Req_dec (ox q) 0) as [Z|NZ].
    + rewrite Z in H. destruct (owner_direction q); [tauto|]. lra.
    + assert (H1 : oy q * / ox q = steep + INR p) by (apply Rmult_eq_reg_r with (ox q); auto; rewrite Rmult_assoc, Rinv_l by auto; lra).
      pose proof (sum_member r (fun k => Rabs (oy k * / ox k)) q (fun i => Rabs_pos _) Hq) as H2. simpl in H2. rewrite H1 in H2.
      pose proof (Rle_abs (steep + INR p)). pose proof (pos_INR p). unfold steep in *. lra.
  - intros H. apply Hpq. apply INR_eq. lra. Qed.

Definition x_in (k i : nat) : R := if (i =? a)%nat then dx k else if (i =? b)%nat then dy k else 0.
Definition y_in (k j : nat) : R :=
  match kind j with
  | Nothing => 0
  | Single p => if (k =? p)%nat then (if o a j then A a j / dx p else A b j / dy p) else 0
  | Owned p => if (k =? p)%nat then (if Req_EM_T (dx p) 0 then A b j / dy p else A a j / dx p) else 0
  | Pair p q => if (k =? p)%nat then (A a j * dy q - A b j * dx q) / (dx p * dy q - dx q * dy p)
                else if (k =? q)%nat then (dx p * A b j - dy p * A a j) / (dx p * dy q - dx q * dy p) else 0
  end.
Lemma solved i j : o i j = true -> i = a \/ i = b -> A i j = sum r (fun k => x_in k i * y_in k j).
Proof.
  intros Ho Hi. destruct (Within _ _ Ho) as [Hm Hj]. pose proof (checked_column _ Hj) as C. unfold check_column in C.
  pose proof differ as Hab. apply not_eq_sym in Hab. apply Nat.eqb_neq in Hab.
  assert (Xa : forall k, x_in k a = dx k) by (intros; unfold x_in; rewrite Nat.eqb_refl; auto).
  assert (Xb : forall k, x_in k b = dy k) by (intros; unfold x_in; rewrite Hab, Nat.eqb_refl; auto).
  unfold y_in. destruct (kind j) eqn:E.
  - rewrite sum_0 by (intros; ring). apply (limit_uncovered _ _ _ Limit); auto. rewrite forallb_forall in C.
    specialize (C i ltac:(apply in_seq; lia)). rewrite Ho in C. destruct (covered us i j); auto.
  - apply andb_prop in C as [C H]. apply andb_prop in C as [C H0]. apply andb_prop in C as [C1 C2]. apply Nat.ltb_lt in C1. rewrite sum_one by auto.
    apply negb_true_iff in H, H0. assert (Hx : dx p = 1) by (unfold dx; rewrite H0; auto).
    assert (Hy : dy p <> 0) by (unfold dy; rewrite H0; pose proof (steep_pos p); lra).
    destruct Hi as [->| ->].
    + rewrite Xa, Ho, Hx. field.
    + rewrite Xb. rewrite Ho, andb_true_r in H. rewrite H. field. auto.
  - apply andb_prop in C as [C _]. apply andb_prop in C as [C _]. apply andb_prop in C as [C _]. apply andb_prop in C as [C1 C2]. apply Nat.ltb_lt in C1. rewrite sum_one by auto.
    assert (Hown : owned p j = true) by (unfold owned; rewrite E; apply Nat.eqb_refl).
    assert (Hp : owner p = true) by (apply existsb_exists; exists j; rewrite in_seq; split; auto; lia).
    pose proof (owner_forced p j Hj Hown) as F. pose proof (owner_direction p) as D. unfold dx, dy in *. rewrite Hp in *.
    destruct (Req_EM_T (ox p) 0) as [Z|NZ].
    + assert (oy p <> 0) by tauto. destruct Hi as [->| ->].
      * rewrite Xa, Hp, Z. rewrite Z in F. assert (A a j = 0); [|lra]. apply Rmult_eq_reg_r with (oy p); auto. lra.
      * rewrite Xb, Hp. field; auto.
    + destruct Hi as [->| ->].
      * rewrite Xa, Hp. field; auto.
      * rewrite Xb, Hp. apply Rmult_eq_reg_r with (ox p); auto. rewrite <- F. field; auto.
  - apply andb_prop in C as [C H]. apply andb_prop in C as [C H0]. apply andb_prop in C as [C H1]. unfold has in C, H1. apply andb_prop in C as [C1 C2], H1 as [C3 C4]. apply Nat.ltb_lt in C1, C3.
    apply negb_true_iff in H, H0. apply Nat.eqb_neq in H0. rewrite sum_two by auto. pose proof (independent p q C3 H0 H).
    destruct Hi as [->| ->]; [rewrite !Xa|rewrite !Xb]; field; auto.
Qed.
Lemma two_rows_member : EI o us A.
Proof.
  apply (EI_explicit o us (fun k i => if (k <? r)%nat then x_in k i else 0) (fun k j => if has k j then y_in k j else 0)).
  - intros k i Hm. destruct (Nat.ltb_spec k r); auto. unfold x_in.
    destruct (Nat.eqb_spec i a); [rewrite both_rows in Hm by auto; discriminate|].
    destruct (Nat.eqb_spec i b); [rewrite both_rows in Hm by auto; discriminate|auto].
  - intros k j Hm. unfold has. rewrite Hm, andb_false_r. auto.
  - intros i j Ho. fold r. rewrite (sum_ext r _ (fun k => x_in k i * y_in k j)).
    + destruct (Nat.eq_dec i a); [apply solved; auto|]. destruct (Nat.eq_dec i b); [apply solved; auto|].
      rewrite (limit_uncovered _ _ _ Limit i j Ho) by (apply elsewhere; auto). symmetry. apply sum_0. intros k _. unfold x_in.
      apply Nat.eqb_neq in n0, n1. rewrite n0, n1. ring.
    + intros k Hk. apply Nat.ltb_lt in Hk. rewrite Hk. destruct (has k j) eqn:Hh; auto. f_equal.
      (* a unit without the column gets nothing there *)
      destruct (Within _ _ Ho) as [_ Hj]. pose proof (checked_column _ Hj) as C. unfold check_column in C. unfold y_in.
      assert (N : forall p, has p j = true -> (k =? p)%nat = false).
      { intros p Hp. apply Nat.eqb_neq. intros ->. congruence. }
      destruct (kind j); auto.
      * apply andb_prop in C as [C _]. apply andb_prop in C as [C _]. rewrite N; auto.
      * apply andb_prop in C as [C _]. apply andb_prop in C as [C _]. apply andb_prop in C as [C _]. rewrite N; auto.
      * apply andb_prop in C as [C _]. apply andb_prop in C as [C _]. apply andb_prop in C as [C C']. rewrite !N; auto.
Qed.
End TwoRows.
Theorem two_rows_closed m n o us a b columns : (forall i j, o i j = true -> (i < m)%nat /\ (j < n)%nat) ->
  check_two_rows m n o us a b columns = true -> closedI o us.
Proof. intros W H A HA. eapply two_rows_member; eauto. Qed.
