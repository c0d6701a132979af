(* Limits of curves of factors: polynomials in t over Q, and the check of rule not_closed.limit. *)
Require Import Reals List Bool Arith Lia Lra QArith Qreals.
From Semialg Require Import Statement.
Import ListNotations.
Open Scope R_scope.

(* ---- sums ---- *)
Lemma sum_ext n f g : (forall k, (k < n)%nat -> f k = g k) -> sum n f = sum n g.
Proof. induction n; simpl; intros; auto. rewrite IHn, H; auto. Qed.
Lemma sum_0 n f : (forall k, (k < n)%nat -> f k = 0) -> sum n f = 0.
Proof. induction n; simpl; intros; auto. rewrite IHn, H; auto; lra. Qed.
Lemma sum_scale n f c : sum n (fun k => f k * c) = sum n f * c.
Proof. induction n; simpl. ring. rewrite IHn; ring. Qed.
Lemma sum_plus n f g : sum n (fun k => f k + g k) = sum n f + sum n g.
Proof. induction n; simpl. ring. rewrite IHn; ring. Qed.

Lemma allows_lt M i j : allows M i j = true -> (i < nrows M)%nat /\ (j < ncols M)%nat.
Proof. unfold allows. intros H. apply andb_prop in H as [H _]. apply andb_prop in H as [H1 H2].
  apply Nat.ltb_lt in H1, H2. auto. Qed.

(* ---- polynomials in t over Q, dense ---- *)
Fixpoint ev (p : list Q) (t : R) : R := match p with [] => 0 | c :: p' => Q2R c + t * ev p' t end.
Fixpoint uadd (p q : list Q) : list Q :=
  match p, q with [], _ => q | _, [] => p | c :: p', d :: q' => Qred (c + d) :: uadd p' q' end.
Fixpoint umul (p q : list Q) : list Q :=
  match p with [] => [] | c :: p' =>
   match q with [] => [] | _ => uadd (map (fun d => Qred (c * d)) q) (0%Q :: umul p' q) end end.
Lemma Q2R_red c : Q2R (Qred c) = Q2R c.
Proof. apply Qeq_eqR, Qred_correct. Qed.
Lemma Q2R_0' : Q2R 0 = 0. Proof. unfold Q2R; simpl; lra. Qed.
Lemma Q2R_1' : Q2R 1 = 1. Proof. unfold Q2R; simpl; lra. Qed.
Lemma ev_add p : forall q t, ev (uadd p q) t = ev p t + ev q t.
Proof. induction p; destruct q; cbn [uadd ev]; intros; try ring. rewrite IHp, Q2R_red, Q2R_plus; ring. Qed.
Lemma ev_scale c q t : ev (map (fun d => Qred (c * d)) q) t = Q2R c * ev q t.
Proof. induction q; cbn [map ev]; try ring. rewrite IHq, Q2R_red, Q2R_mult; ring. Qed.
Lemma ev_mul p : forall q t, ev (umul p q) t = ev p t * ev q t.
Proof. induction p as [|c p IH]; intros; [simpl; ring|]. cbn [umul]. destruct q as [|d q]; [simpl; ring|].
  rewrite ev_add, ev_scale. cbn [ev]. rewrite IH, Q2R_0'. cbn [ev]. ring. Qed.
Fixpoint usum (n : nat) (f : nat -> list Q) : list Q :=
  match n with O => [] | S m => uadd (usum m f) (f m) end.
Lemma ev_sum n f t : ev (usum n f) t = sum n (fun k => ev (f k) t).
Proof. induction n; simpl; auto. rewrite ev_add, IHn; auto. Qed.
Fixpoint norm (p : list Q) : R := match p with [] => 0 | c :: p' => Rabs (Q2R c) + norm p' end.
Lemma norm_pos p : 0 <= norm p.
Proof. induction p; simpl. lra. pose proof (Rabs_pos (Q2R a)); lra. Qed.
Lemma ev_bound p t : Rabs t <= 1 -> Rabs (ev p t) <= norm p.
Proof. intros Ht. induction p; simpl. rewrite Rabs_R0; lra.
  eapply Rle_trans; [apply Rabs_triang|]. rewrite Rabs_mult.
  assert (Rabs t * Rabs (ev p t) <= 1 * norm p).
  { apply Rmult_le_compat; auto; apply Rabs_pos. } lra. Qed.
Lemma norm_skipn n : forall p, norm (skipn n p) <= norm p.
Proof. induction n; destruct p; simpl; try lra. pose proof (IHn p). pose proof (Rabs_pos (Q2R q)); lra. Qed.

(* tables *)
Definition tab {T} (m n : nat) (f : nat -> nat -> T) : list (list T) :=
  map (fun i => map (fun j => f i j) (seq 0 n)) (seq 0 m).
Definition ent {T} (d : T) (t : list (list T)) (i j : nat) : T := nth j (nth i t []) d.
Lemma nth_map_seq {T} (f : nat -> T) n i d : nth i (map f (seq 0 n)) d = if (i <? n)%nat then f i else d.
Proof. destruct (Nat.ltb_spec i n).
  - rewrite nth_indep with (d' := f 0%nat) by (rewrite map_length, seq_length; auto).
    rewrite map_nth, seq_nth; auto.
  - apply nth_overflow. rewrite map_length, seq_length; auto. Qed.
Lemma ent_tab {T} m n f (d : T) i j :
  ent d (tab m n f) i j = if ((i <? m) && (j <? n))%nat then f i j else d.
Proof. unfold ent, tab. rewrite nth_map_seq. destruct (i <? m)%nat; simpl.
  - apply nth_map_seq. - destruct j; auto. Qed.
Lemma table_bound (T : list (list (list Q))) : exists b, 0 <= b /\ forall i j, norm (ent [] T i j) <= b.
Proof.
  assert (row : forall r : list (list Q), exists b, 0 <= b /\ forall j, norm (nth j r []) <= b).
  { induction r as [|p r (b & Hb & H)]. exists 0. split; [lra|]. destruct j; simpl; lra.
    exists (norm p + b). pose proof (norm_pos p). split; [lra|]. destruct j; simpl; [lra|]. specialize (H j); lra. }
  induction T as [|r T (b & Hb & H)]. exists 0; split; [lra|]. unfold ent; destruct i, j; simpl; lra.
  destruct (row r) as (c & Hc & Hr). exists (c + b). split; [lra|]. intros [|i] j; unfold ent; simpl.
  - specialize (Hr j); lra. - specialize (H i j); unfold ent in H; lra. Qed.

(* ---- the curve: factor l is t^(-shift) times a matrix of polynomials ---- *)
Definition factor := (nat * list (list (list Q)))%type.
Definition fac (M : mask) (V : factor) i j : list Q := if allows M i j then ent [] (snd V) i j else [].
Fixpoint lastcols (Ms : list mask) : nat :=
  match Ms with [] => O | M :: Ms' => match Ms' with [] => ncols M | _ => lastcols Ms' end end.
Definition firstrows (Ms : list mask) : nat := match Ms with [] => O | M :: _ => nrows M end.
Fixpoint uprod (Ms : list mask) (Vs : list factor) : list (list (list Q)) :=
  match Ms, Vs with
  | M :: Ms', V :: Vs' =>
      match Ms' with
      | [] => tab (nrows M) (ncols M) (fac M V)
      | _ => let B := uprod Ms' Vs' in
             tab (nrows M) (lastcols Ms')
               (fun i j => usum (ncols M) (fun k => match fac M V i k with [] => [] | p => umul p (ent [] B k j) end))
      end
  | _, _ => []
  end.
Fixpoint shift (Vs : list factor) : nat := match Vs with [] => O | V :: Vs' => (fst V + shift Vs')%nat end.
Definition curve1 (t : R) (M : mask) (V : factor) : mat := fun i j => ev (fac M V i j) t * (/ t) ^ fst V.
Fixpoint curve (t : R) (Ms : list mask) (Vs : list factor) : list mat :=
  match Ms, Vs with M :: Ms', V :: Vs' => curve1 t M V :: curve t Ms' Vs' | _, _ => [] end.

Lemma curve_supported t : forall Ms Vs, length Ms = length Vs -> Forall2 supported Ms (curve t Ms Vs).
Proof. induction Ms; destruct Vs; simpl; intros; try discriminate; constructor; auto.
  intros i j H0. unfold curve1, fac. rewrite H0. simpl. apply Rmult_0_l. Qed.

Lemma prod_zero_row Ms Ws i j : Forall2 supported Ms Ws -> (firstrows Ms <= i)%nat -> prod Ms Ws i j = 0.
Proof. destruct 1 as [|M W Ms Ws HW HF]; simpl; auto. intros Hi.
  assert (Z : forall k, W i k = 0).
  { intros k. apply HW. unfold allows. apply Nat.ltb_ge in Hi. rewrite Hi; auto. }
  destruct Ms. apply Z. apply sum_0. intros. rewrite Z; apply Rmult_0_l. Qed.
Lemma prod_zero_col Ms : forall Ws i j, Forall2 supported Ms Ws -> (lastcols Ms <= j)%nat -> prod Ms Ws i j = 0.
Proof. induction Ms as [|M Ms IH]; intros Ws i j H Hj; inversion H; subst; simpl; auto.
  destruct Ms as [|M' Ms]. apply H2. simpl in Hj. unfold allows. apply Nat.ltb_ge in Hj. rewrite Hj, andb_false_r; auto.
  apply sum_0. intros. rewrite IH; auto; apply Rmult_0_r. Qed.

Lemma uprod_cons M M' Ms V Vs : uprod (M :: M' :: Ms) (V :: Vs) =
  tab (nrows M) (lastcols (M' :: Ms)) (fun i j => usum (ncols M)
    (fun k => match fac M V i k with [] => [] | p => umul p (ent [] (uprod (M' :: Ms) Vs) k j) end)).
Proof. reflexivity. Qed.
Lemma uprod_ok t : forall Ms Vs i j, length Ms = length Vs ->
  prod Ms (curve t Ms Vs) i j = ev (ent [] (uprod Ms Vs) i j) t * (/ t) ^ shift Vs.
Proof.
  induction Ms as [|M Ms IH]; intros Vs i j HL; destruct Vs as [|V Vs]; simpl in HL; try discriminate.
  { simpl. unfold ent; destruct i, j; simpl; lra. }
  injection HL as HL. pose proof (curve_supported t (M :: Ms) (V :: Vs)) as HS. simpl in HS.
  specialize (HS ltac:(auto)). cbn [curve].
  destruct Ms as [|M' Ms].
  - destruct Vs; try discriminate. simpl. rewrite ent_tab, Nat.add_0_r. unfold curve1.
    destruct ((i <? nrows M) && (j <? ncols M))%nat eqn:Hb; auto. unfold fac, allows. rewrite Hb. reflexivity.
  - rewrite uprod_cons, ent_tab.
    destruct ((i <? nrows M) && (j <? lastcols (M' :: Ms)))%nat eqn:Hb.
    + change (prod (M :: M' :: Ms) (curve1 t M V :: curve t (M' :: Ms) Vs) i j) with
        (sum (ncols M) (fun k => curve1 t M V i k * prod (M' :: Ms) (curve t (M' :: Ms) Vs) k j)).
      rewrite ev_sum. cbn [shift]. rewrite pow_add, <- sum_scale. apply sum_ext. intros k _.
      rewrite IH by auto. unfold curve1.
      destruct (fac M V i k) eqn:F. { cbn [ev]; rewrite !Rmult_0_l; auto. } rewrite ev_mul. set (a := (/ t) ^ fst V). set (b := (/ t) ^ shift Vs). ring.
    + transitivity 0; [|cbn [ev]; rewrite Rmult_0_l; auto]. apply andb_false_iff in Hb as [Hb|Hb]; apply Nat.ltb_ge in Hb.
      apply prod_zero_row; auto. apply prod_zero_col; auto.
Qed.

Definition target := list (list Q).
Definition tmat (A : target) : mat := fun i j => Q2R (ent 0%Q A i j).
Definition isz (c : Q) := Qeq_bool c 0.
Lemma isz_ok c : isz c = true -> Q2R c = 0.
Proof. intros H. apply Qeq_bool_eq in H. rewrite <- Q2R_0'. apply Qeq_eqR; auto. Qed.
Fixpoint tends (K : nat) (p : list Q) (a : Q) : bool :=
  match K, p with
  | O, [] => isz a
  | O, c :: _ => Qeq_bool c a
  | S K', [] => isz a
  | S K', c :: p' => isz c && tends K' p' a
  end.
Lemma tends_ok t : t <> 0 -> forall K p a, tends K p a = true ->
  ev p t * (/ t) ^ K = Q2R a + t * ev (skipn (S K) p) t.
Proof.
  intros Ht. induction K; intros p a H; destruct p as [|c p]; simpl in H.
  - simpl. rewrite (isz_ok _ H). ring.
  - apply Qeq_bool_eq in H. apply Qeq_eqR in H. simpl. rewrite H. ring.
  - simpl. rewrite (isz_ok _ H). ring.
  - apply andb_prop in H as [H1 H2]. apply IHK in H2.
    change (skipn (S (S K)) (c :: p)) with (skipn (S K) p). rewrite <- H2. cbn [ev pow]. rewrite (isz_ok _ H1).
    set (x := ev p t). set (y := (/ t) ^ K). field. auto. Qed.

Definition check_curve (Ms : list mask) (Vs : list factor) (A : target) : bool :=
  (length Ms =? length Vs)%nat &&
  (let U := uprod Ms Vs in let K := shift Vs in
   (length A =? firstrows Ms)%nat && forallb (fun r => (length r =? lastcols Ms)%nat) A &&
   forallb (fun i => forallb (fun j => tends K (ent [] U i j) (ent 0%Q A i j)) (seq 0 (lastcols Ms)))
     (seq 0 (firstrows Ms))).

Theorem check_curve_ok Ms Vs A : check_curve Ms Vs A = true -> closure (E Ms) (tmat A).
Proof.
  unfold check_curve. intros H. apply andb_prop in H as [HL H]. apply Nat.eqb_eq in HL.
  set (U := uprod Ms Vs) in *. set (K := shift Vs) in *.
  apply andb_prop in H as [HA H]. apply andb_prop in HA as [HA1 HA2]. apply Nat.eqb_eq in HA1.
  rewrite forallb_forall in HA2, H.
  destruct (table_bound U) as (b & Hb & HU).
  intros eps He.
  set (t := Rmin 1 (eps / (1 + b))).
  assert (Hq : 0 < eps / (1 + b)) by (apply Rdiv_lt_0_compat; lra).
  assert (Ht : 0 < t) by (unfold t; apply Rmin_glb_lt; lra).
  assert (Ht1 : t <= 1) by apply Rmin_l.
  assert (Ht2 : t * (1 + b) <= eps).
  { apply Rle_trans with (eps / (1 + b) * (1 + b)). apply Rmult_le_compat_r; [lra|apply Rmin_r]. right. field. lra. }
  exists (prod Ms (curve t Ms Vs)). split.
  { exists (curve t Ms Vs). split; auto. apply curve_supported; auto. }
  intros i j. destruct (le_lt_dec (firstrows Ms) i) as [Hi|Hi].
  { rewrite prod_zero_row; auto using curve_supported. unfold tmat, ent. rewrite (nth_overflow A) by lia.
    destruct j; simpl; rewrite Q2R_0'; rewrite Rminus_0_r, Rabs_R0; auto. }
  destruct (le_lt_dec (lastcols Ms) j) as [Hj|Hj].
  { rewrite prod_zero_col; auto using curve_supported. unfold tmat, ent. rewrite (nth_overflow (nth i A [])).
    rewrite Q2R_0', Rminus_0_r, Rabs_R0; auto.
    assert (Hr : In (nth i A []) A) by (apply nth_In; lia). apply HA2, Nat.eqb_eq in Hr. lia. }
  specialize (H i). rewrite in_seq in H. specialize (H ltac:(lia)). rewrite forallb_forall in H.
  specialize (H j). rewrite in_seq in H. specialize (H ltac:(lia)).
  rewrite uprod_ok by auto. fold U K. rewrite (tends_ok t (Rgt_not_eq _ _ Ht) _ _ _ H).
  unfold tmat. set (r := ev _ t). 
  replace (Q2R (ent 0%Q A i j) - (Q2R (ent 0%Q A i j) + t * r)) with (- (t * r)) by ring.
  rewrite Rabs_Ropp, Rabs_mult, (Rabs_right t) by lra.
  assert (Rabs r <= b).
  { eapply Rle_trans; [apply ev_bound; rewrite Rabs_right; lra|]. eapply Rle_trans; [apply norm_skipn|apply HU]. }
  apply Rle_lt_trans with (t * b). apply Rmult_le_compat_l; lra. lra.
Qed.
