(* A matrix is no product: rules outside.identity, outside.split, outside.squares. *)
Require Import Reals List Bool Arith Lia Lra QArith Qreals.
From Semialg Require Import Statement Curve.
Import ListNotations.
Open Scope R_scope.

Lemma Q2R_m1 : Q2R (-1) = -1. Proof. unfold Q2R; simpl; lra. Qed.
(* ---- sparse polynomials; a variable is (inverse?, factor, row, column) ---- *)
Definition var := (bool * nat * nat * nat)%type.
Definition vcmp (v w : var) : comparison :=
  let '(a, l, i, j) := v in let '(b, l', i', j') := w in
  match Bool.compare a b with Eq =>
    match Nat.compare l l' with Eq =>
      match Nat.compare i i' with Eq => Nat.compare j j' | c => c end | c => c end | c => c end.
Lemma vcmp_eq v w : vcmp v w = Eq -> v = w.
Proof. destruct v as [[[a l] i] j], w as [[[b l'] i'] j']. simpl.
  destruct (Bool.compare a b) eqn:H0; try discriminate. destruct (Nat.compare l l') eqn:H1; try discriminate.
  destruct (Nat.compare i i') eqn:H2; try discriminate. intros H3.
  apply Nat.compare_eq in H1, H2, H3. subst. destruct a, b; simpl in H0; try discriminate; auto. Qed.
Definition veqb v w := match vcmp v w with Eq => true | _ => false end.
Lemma veqb_eq v w : veqb v w = true -> v = w.
Proof. unfold veqb. destruct (vcmp v w) eqn:H; try discriminate. intros _. apply vcmp_eq; auto. Qed.

Definition mono := list var.
Fixpoint mins (v : var) (m : mono) : mono :=
  match m with [] => [v] | w :: m' => match vcmp v w with Gt => w :: mins v m' | _ => v :: m end end.
Definition mmul (m n : mono) : mono := fold_right mins n m.
Fixpoint mcmp (m n : mono) : comparison :=
  match m, n with
  | [], [] => Eq | [], _ => Lt | _, [] => Gt
  | v :: m', w :: n' => match vcmp v w with Eq => mcmp m' n' | c => c end
  end.
Lemma mcmp_eq m : forall n, mcmp m n = Eq -> m = n.
Proof. induction m; destruct n; simpl; try discriminate; auto.
  destruct (vcmp a v) eqn:H; try discriminate. intros. apply vcmp_eq in H. subst. f_equal; auto. Qed.
Definition poly := list (Q * mono).
Fixpoint padd1 (c : Q) (m : mono) (p : poly) : poly :=
  match p with
  | [] => [(c, m)]
  | (d, n) :: p' => match mcmp m n with
      | Eq => (Qred (c + d), m) :: p' | Gt => (d, n) :: padd1 c m p' | Lt => (c, m) :: p end
  end.
Definition padd (p q : poly) : poly := fold_right (fun t acc => padd1 (fst t) (snd t) acc) q p.
Definition pmul1 (c : Q) (m : mono) (q : poly) (acc : poly) : poly :=
  fold_right (fun u acc => padd1 (Qred (c * fst u)) (mmul m (snd u)) acc) acc q.
Definition pmul (p q : poly) : poly := fold_right (fun t acc => pmul1 (fst t) (snd t) q acc) [] p.

Section Eval.
Variable env : var -> R.
Fixpoint mev (m : mono) : R := match m with [] => 1 | v :: m' => env v * mev m' end.
Fixpoint pev (p : poly) : R := match p with [] => 0 | (c, m) :: p' => Q2R c * mev m + pev p' end.
Lemma mev_ins v m : mev (mins v m) = env v * mev m.
Proof. induction m; simpl; auto. destruct (vcmp v a); simpl; auto. rewrite IHm; ring. Qed.
Lemma mev_mul m n : mev (mmul m n) = mev m * mev n.
Proof. induction m; simpl. ring. rewrite mev_ins, IHm; ring. Qed.
Lemma pev_add1 c m p : pev (padd1 c m p) = Q2R c * mev m + pev p.
Proof. induction p as [|[d n] p IH]; cbn [padd1 pev]; auto. destruct (mcmp m n) eqn:H; cbn [pev]; auto.
  - apply mcmp_eq in H. subst. rewrite Q2R_red, Q2R_plus; ring. - rewrite IH; ring. Qed.
Lemma pev_add p q : pev (padd p q) = pev p + pev q.
Proof. induction p as [|[c m] p IH]; cbn [padd fold_right pev fst snd]. ring.
  fold (padd p q). rewrite pev_add1, IH; ring. Qed.
Lemma pev_mul1 c m q acc : pev (pmul1 c m q acc) = Q2R c * mev m * pev q + pev acc.
Proof. induction q as [|[d n] q IH]; cbn [pmul1 fold_right pev fst snd]. ring.
  fold (pmul1 c m q acc). rewrite pev_add1, IH, mev_mul, Q2R_red, Q2R_mult; ring. Qed.
Lemma pev_mul p q : pev (pmul p q) = pev p * pev q.
Proof. induction p as [|[c m] p IH]; cbn [pmul fold_right pev fst snd]. ring.
  fold (pmul p q). rewrite pev_mul1, IH; ring. Qed.
Definition kill (zs : list var) (p : poly) : poly :=
  filter (fun t => negb (existsb (fun v => existsb (veqb v) zs) (snd t))) p.
Lemma mev_0 zs m : (forall v, In v zs -> env v = 0) -> existsb (fun v => existsb (veqb v) zs) m = true -> mev m = 0.
Proof. intros Hz. induction m; simpl; try discriminate. intros H. apply orb_prop in H as [H|H].
  - apply existsb_exists in H as (w & Hw & E). apply veqb_eq in E. subst. rewrite Hz; auto. ring.
  - rewrite IHm; auto; ring. Qed.
Lemma pev_kill zs p : (forall v, In v zs -> env v = 0) -> pev (kill zs p) = pev p.
Proof. intros Hz. induction p as [|[c m] p IH]; auto. cbn [kill filter snd].
  destruct (existsb _ m) eqn:H; cbn [negb pev]; unfold kill in IH; rewrite IH; auto.
  rewrite (mev_0 zs m); auto. ring. Qed.
Definition zero (p : poly) : bool := forallb (fun t => isz (fst t)) p.
Lemma pev_zero p : zero p = true -> pev p = 0.
Proof. induction p as [|[c m] p IH]; cbn [zero forallb pev fst]; auto. intros H. apply andb_prop in H as [H1 H2].
  rewrite (isz_ok _ H1), IH; auto; ring. Qed.
End Eval.

(* ---- entries of the product as polynomials ---- *)
Fixpoint psum (n : nat) (f : nat -> poly) : poly := match n with O => [] | S m => padd (f m) (psum m f) end.
Fixpoint entry (l : nat) (Ms : list mask) (i j : nat) : poly :=
  match Ms with
  | [] => []
  | M :: Ms' => match Ms' with
      | [] => if allows M i j then [(1%Q, [(false, l, i, j)])] else []
      | _ => psum (ncols M) (fun k => if allows M i k then pmul1 1 [(false, l, i, k)] (entry (S l) Ms' k j) [] else [])
      end
  end.
Definition envof (Ws : list mat) (v : var) : R :=
  let '(inv, l, i, j) := v in let x := nth l Ws (fun _ _ => 0) i j in if inv : bool then / x else x.
Lemma entry_ok Ws0 : forall Ms Ws l i j, Forall2 supported Ms Ws ->
  (forall a, nth (l + a) Ws0 (fun _ _ => 0) = nth a Ws (fun _ _ => 0)) ->
  pev (envof Ws0) (entry l Ms i j) = prod Ms Ws i j.
Proof.
  induction Ms as [|M Ms IH]; intros Ws l i j HF HN; inversion HF; subst; auto.
  pose proof (HN O) as H0. rewrite Nat.add_0_r in H0. simpl in H0.
  destruct Ms as [|M' Ms].
  - simpl. destruct (allows M i j) eqn:HA; [|symmetry; apply H1; auto].
    cbn [pev mev envof]. unfold mat in *; rewrite H0, Q2R_1'. ring.
  - change (entry l (M :: M' :: Ms) i j) with (psum (ncols M) (fun k => if allows M i k then pmul1 1 [(false, l, i, k)] (entry (S l) (M' :: Ms) k j) [] else [])).
    change (prod (M :: M' :: Ms) (y :: l') i j) with (sum (ncols M) (fun k => y i k * prod (M' :: Ms) l' k j)).
    generalize (ncols M) as n. induction n; [reflexivity|]. cbn [psum sum]. rewrite pev_add, IHn.
    destruct (allows M i n) eqn:HA.
    + rewrite pev_mul1. rewrite IH with (Ws := l'); auto.
      * cbn [mev envof pev]. unfold mat in *; rewrite H0, Q2R_1'. ring.
      * intros a. specialize (HN (S a)). rewrite Nat.add_succ_r in HN. exact HN.
    + rewrite (H1 _ _ HA). cbn [pev]. ring.
Qed.

(* ---- A is no product ---- *)
Inductive term := Entry (i j : nat) (q : poly) | Inverse (l i j : nat) (q : poly).
Inductive outside :=
  | Identity (ts : list term)
  | Split (l i j : nat) (z nz : outside)
  | Squares (sq : list (Q * poly)) (ts : list term).

Section Out.
Variables (Ms : list mask) (A : target).
Definition term_poly (nzs : list var) (s : term) : option poly :=
  match s with
  | Entry i j q => Some (pmul q (padd1 (Qopp (ent 0%Q A i j)) [] (entry 0 Ms i j)))
  | Inverse l i j q => if existsb (veqb (false, l, i, j)) nzs
      then Some (pmul q (padd1 (-1) [] [(1%Q, mmul [(false, l, i, j)] [(true, l, i, j)])])) else None
  end.
Fixpoint terms_poly nzs ts : option poly :=
  match ts with
  | [] => Some []
  | s :: ts' => match term_poly nzs s, terms_poly nzs ts' with Some p, Some q => Some (padd p q) | _, _ => None end
  end.
Definition pos (c : Q) : bool := (0 <? Qnum c)%Z.
Fixpoint check_outside (zs nzs : list var) (o : outside) : bool :=
  match o with
  | Identity ts => match terms_poly nzs ts with Some p => zero (kill zs (padd1 (-1) [] p)) | None => false end
  | Split l i j z nz => let v := (false, l, i, j) in check_outside (v :: zs) nzs z && check_outside zs (v :: nzs) nz
  | Squares sq ts => forallb (fun s => pos (fst s)) sq &&
      match terms_poly nzs ts with
      | Some p => zero (kill zs (padd (pmul [((-1)%Q, [])] p)
                   (padd1 1 [] (fold_right (fun s acc => pmul1 (fst s) [] (pmul (snd s) (snd s)) acc) [] sq))))
      | None => false end
  end.
Variable Ws : list mat.
Hypothesis HF : Forall2 supported Ms Ws.
Hypothesis HP : forall i j, tmat A i j = prod Ms Ws i j.
Let env := envof Ws.
Lemma terms_ok nzs ts : (forall v, In v nzs -> exists l i j, v = (false, l, i, j) /\ env v <> 0) ->
  forall p, terms_poly nzs ts = Some p -> pev env p = 0.
Proof.
  intros Hn. induction ts as [|s ts IH]; simpl; intros p H. inversion H; auto.
  destruct (term_poly nzs s) eqn:Hs; try discriminate. destruct (terms_poly nzs ts) eqn:Ht; try discriminate.
  injection H as <-. rewrite pev_add, (IH _ eq_refl), Rplus_0_r.
  destruct s; cbn [term_poly] in Hs.
  - injection Hs as <-. rewrite pev_mul, pev_add1. unfold env. rewrite entry_ok with (Ws := Ws) by auto.
    rewrite <- HP, Q2R_opp. unfold tmat. simpl. ring.
  - destruct (existsb (veqb (false, l, i, j)) nzs) eqn:Hx; try discriminate.
    match type of Hs with Some ?X = Some ?Y => assert (HX : Y = X) by congruence; rewrite HX; clear HX Hs end.
    apply existsb_exists in Hx as (w & Hw & Ev). apply veqb_eq in Ev. subst w.
    destruct (Hn _ Hw) as (l' & i' & j' & _ & H0).
    rewrite pev_mul, pev_add1. cbn [pev]. rewrite mev_mul. cbn [mev]. rewrite Q2R_m1, Q2R_1'.
    unfold env in *. cbn [envof] in *. set (x := nth l Ws _ i j) in *.
    replace (-1 * 1 + (1 * (x * 1 * (/ x * 1)) + 0)) with 0 by (field; auto). ring.
Qed.
Lemma outside_ok o : forall zs nzs,
  (forall v, In v zs -> env v = 0) -> (forall v, In v nzs -> exists l i j, v = (false, l, i, j) /\ env v <> 0) ->
  check_outside zs nzs o = true -> False.
Proof.
  induction o; intros zs nzs Hz Hn H; cbn [check_outside] in H.
  - destruct (terms_poly nzs ts) eqn:Ht; try discriminate. apply (pev_zero env) in H.
    rewrite pev_kill, pev_add1, (terms_ok _ _ Hn _ Ht), Q2R_m1 in H by auto. cbn [mev] in H. lra.
  - apply andb_prop in H as [H1 H2]. destruct (Req_dec (env (false, l, i, j)) 0) as [H0|H0].
    + eapply IHo1; [| exact Hn | exact H1]. intros v [<-|Hv]; auto.
    + eapply IHo2; [exact Hz | | exact H2]. intros v [<-|Hv]; eauto.
  - apply andb_prop in H as [H1 H2]. destruct (terms_poly nzs ts) eqn:Ht; try discriminate. apply (pev_zero env) in H2.
    rewrite pev_kill, pev_add, pev_mul, pev_add1, (terms_ok _ _ Hn _ Ht), Q2R_1' in H2 by auto. cbn [mev] in H2.
    assert (0 <= pev env (fold_right (fun s acc => pmul1 (fst s) [] (pmul (snd s) (snd s)) acc) [] sq)).
    { clear H2. induction sq as [|s sq IHs]; cbn [fold_right pev]. lra. cbn [forallb] in H1. apply andb_prop in H1 as [H1 H3]. cbn [fold_right].
      rewrite pev_mul1, pev_mul. specialize (IHs H3). cbn [mev]. rewrite Rmult_1_r.
      assert (0 <= Q2R (fst s)). { apply Z.ltb_lt in H1. rewrite <- Q2R_0'. apply Qle_Rle. unfold Qle; simpl. lia. }
      assert (0 <= pev env (snd s) * pev env (snd s)) by apply Rle_0_sqr.
      pose proof (Rmult_le_pos _ _ H H0). lra. }
    cbn [pev mev] in H2. rewrite Q2R_m1 in H2. lra.
Qed.
End Out.

Theorem check_outside_ok Ms A o : check_outside Ms A [] [] o = true -> ~ E Ms (tmat A).
Proof. intros H (Ws & HF & HP). eapply outside_ok; eauto; intros v []. Qed.

