(* Rule closed.peel: the first layer goes, by compactness. Two hidden units must be alike (equal columns in the first mask, equal
   rows in the second) or cover disjoint rectangles, columns being those reached through all other layers. Members can be
   written with orthonormal or zero columns within a class, and then the rest is bounded by the member. *)
Require Import Reals List Bool Arith Lia Lra.
From Semialg Require Import Statement Curve Minor Instance Cluster FullSpace TwoRows Layers Merge.
Import ListNotations.
Open Scope R_scope.

Fixpoint reached (Ms : list mask) : mask :=
  match Ms with [] => Mask 0 0 (fun _ _ => false) | M :: Ms' => match Ms' with [] => M | _ => support M (reached Ms') end end.
Lemma reached_ok Ms : forall B, E Ms B -> supported (reached Ms) B.
Proof. induction Ms as [|M Ms IH]; intros B HB.
  - destruct HB as (Ws & HF & HP). intros i j _. rewrite HP. destruct Ws; auto.
  - destruct Ms as [|M' Ms]; [apply E_one; auto|]. apply E_cons in HB as (W & C & HW & HC & HA).
    intros i j Ha. rewrite HA. apply (product_supported M (reached (M' :: Ms)) W C); auto. Qed.

(* Rows of a member may be combined if supports allow it. *)
Lemma E_rows M Ms B r (F : nat -> nat -> R) : E (M :: Ms) B ->
  (forall k l c, F k l <> 0 -> allows M l c = true -> allows M k c = true) -> E (M :: Ms) (times r F B).
Proof.
  intros HB HF. assert (Z : forall W, supported M W -> supported M (times r F W)).
  { intros W HW k c Ha. apply sum_0. intros l _. destruct (Req_dec (F k l) 0) as [->|Hne]; [ring|].
    rewrite HW; [ring|]. destruct (allows M l c) eqn:E0; auto. rewrite (HF k l c) in Ha; auto. }
  destruct Ms as [|N Ms]. { apply E_one. apply Z. apply E_one; auto. }
  apply E_cons in HB as (W & C & HW & HC & HA). apply E_cons. exists (times r F W), C. repeat split; auto.
  intros i j. unfold times. rewrite (sum_ext r _ (fun l => F i l * sum (ncols M) (fun k => W l k * C k j))) by (intros; rewrite HA; auto).
  apply sum_assoc.
Qed.

Lemma sum_le n f g : (forall k, (k < n)%nat -> f k <= g k) -> sum n f <= sum n g.
Proof. induction n; simpl; intros. lra. pose proof (H n ltac:(lia)). assert (sum n f <= sum n g) by (apply IHn; auto). lra. Qed.
Lemma sum_abs n f : Rabs (sum n f) <= sum n (fun k => Rabs (f k)).
Proof. induction n; simpl. rewrite Rabs_R0; lra. eapply Rle_trans; [apply Rabs_triang|]. lra. Qed.
Lemma small_zero x : (forall eps, 0 < eps -> ~ ~ Rabs x < eps) -> x = 0.
Proof. intros H. destruct (Req_dec x 0); auto. exfalso. apply (H (Rabs x) (Rabs_pos_lt _ H0)). lra. Qed.

Section Peel.
Variables (M M' : mask) (Ms : list mask).
Let T := M' :: Ms.
Let m := nrows M. Let r := ncols M.
Hypothesis Fits : ncols M = nrows M'.
Definition alike (k l : nat) : bool :=
  forallb (fun i => Bool.eqb (allows M i k) (allows M i l)) (seq 0 m) &&
  forallb (fun c => Bool.eqb (allows M' k c) (allows M' l c)) (seq 0 (ncols M')).
Definition far (k l : nat) : bool :=
  forallb (fun i => negb (allows M i k && allows M i l)) (seq 0 m) ||
  forallb (fun j => negb (allows (reached T) k j && allows (reached T) l j)) (seq 0 (ncols (reached T))).
Definition check_classes : bool :=
  forallb (fun k => forallb (fun l => (k =? l)%nat || alike k l || far k l) (seq 0 r)) (seq 0 r).

Lemma alike_ok k l : alike k l = true <-> (forall i, allows M i k = allows M i l) /\ (forall c, allows M' k c = allows M' l c).
Proof. unfold alike. rewrite andb_true_iff, !forallb_forall. split.
  - intros [H1 H2]. split.
    + intros i. destruct (le_lt_dec m i) as [Hi|Hi].
      * unfold allows. apply Nat.ltb_ge in Hi. fold m. rewrite Hi. auto.
      * apply eqb_prop, H1. apply in_seq; lia.
    + intros c. destruct (le_lt_dec (ncols M') c) as [Hc|Hc].
      * unfold allows. apply Nat.ltb_ge in Hc. rewrite Hc, !andb_false_r. auto.
      * apply eqb_prop, H2. apply in_seq; lia.
  - intros [H1 H2]. split; intros x _; rewrite ?H1, ?H2; apply eqb_reflx. Qed.
Lemma alike_sym k l : alike k l = true -> alike l k = true.
Proof. rewrite !alike_ok. intros [H1 H2]. split; auto. Qed.
Lemma alike_trans k l h : alike k l = true -> alike l h = true -> alike k h = true.
Proof. rewrite !alike_ok. intros [H1 H2] [H3 H4]. split; intros; congruence. Qed.

Definition ip (W : mat) (k l : nat) : R := sum m (fun i => W i k * W i l).
Lemma ip_sym W k l : ip W k l = ip W l k.
Proof. apply sum_ext. intros; ring. Qed.
Definition factored (A W B : mat) : Prop := supported M W /\ E T B /\ forall i j, A i j = times r W B i j.
Definition ready (t : nat) (W B : mat) : Prop := forall k, (k < t)%nat ->
  (ip W k k = 1 /\ forall l, l <> k -> alike k l = true -> ip W k l = 0) \/
  ((forall i, W i k = 0) /\ forall j, B k j = 0).

Lemma ip_zero W k : supported M W -> ip W k k = 0 -> forall i, W i k = 0.
Proof. intros HW H i. destruct (le_lt_dec m i) as [Hi|Hi].
  - apply HW. unfold allows. apply Nat.ltb_ge in Hi. fold m. rewrite Hi. auto.
  - pose proof (sum_member m (fun i => W i k * W i k) i (fun i => Rle_0_sqr (W i k)) Hi) as H1. unfold ip in H. rewrite H in H1. simpl in H1.
    pose proof (Rle_0_sqr (W i k)) as H2. unfold Rsqr in H2. apply Rsqr_0_uniq. unfold Rsqr. lra. Qed.

Lemma gram_schmidt_step A t W B : (t < r)%nat -> factored A W B -> ready t W B -> exists W' B', factored A W' B' /\ ready (S t) W' B'.
Proof.
  intros Ht (HW & HB & HA) HR. destruct (Req_dec (ip W t t) 0) as [Z|NZ].
  - pose proof (ip_zero W t HW Z) as Hz. exists W, (fun k j => if (k =? t)%nat then 0 else B k j). split; [split; [auto|split]|].
    + apply (E_ext _ (times r (fun k l => if (k =? l)%nat && negb (k =? t)%nat then 1 else 0) B)).
      * intros k j. unfold times. destruct (Nat.eqb_spec k t) as [->|Hkt].
        { apply sum_0. intros l _. rewrite andb_false_r. ring. }
        destruct (le_lt_dec r k) as [Hk|Hk].
        { rewrite sum_0. symmetry. apply (E_outside _ _ _ _ HB). left. simpl. rewrite <- Fits. auto.
          intros l Hl. destruct (Nat.eqb_spec k l); [lia|]. simpl. ring. }
        rewrite (sum_ext r _ (fun l => B l j * (if (l =? k)%nat then 1 else 0))). rewrite sum_one by auto. ring.
        intros l _. rewrite (Nat.eqb_sym l k). destruct (k =? l)%nat eqn:E0; simpl; [apply Nat.eqb_eq in E0; subst|]; ring.
      * apply E_rows; auto. intros k l c H Ha. destruct (Nat.eqb_spec k l); [subst; auto|simpl in H; lra].
    + intros i j. rewrite HA. apply sum_ext. intros k _. destruct (Nat.eqb_spec k t); [subst; rewrite Hz; ring|auto].
    + intros k Hk. destruct (Nat.eq_dec k t) as [->|Hne]. { right. split; auto. intros j. rewrite Nat.eqb_refl. auto. }
      destruct (HR k ltac:(lia)) as [H|[H1 H2]]; [left; auto|]. right. split; auto. intros j. destruct (k =? t)%nat; auto.
  - assert (Hpos : 0 < ip W t t).
    { assert (0 <= ip W t t) by (apply sum_nonneg; intros; apply Rle_0_sqr). lra. }
    set (s := sqrt (ip W t t)). assert (Hs : 0 < s) by (apply sqrt_lt_R0; auto). assert (Hss : s * s = ip W t t) by (apply sqrt_sqrt; lra).
    set (q := fun i => W i t * / s).
    set (g := fun l => if (t <? l)%nat && alike t l then sum m (fun i => q i * W i l) else 0).
    assert (Gt : g t = 0) by (unfold g; rewrite Nat.ltb_irrefl; auto).
    assert (Gz : forall l, (l <= t)%nat -> g l = 0). { intros l Hl. unfold g. apply Nat.ltb_ge in Hl. rewrite Hl. auto. }
    assert (Ga : forall l, g l <> 0 -> alike t l = true). { intros l H. unfold g in H. destruct (alike t l); auto. rewrite andb_false_r in H. lra. }
    assert (Qip : forall l, sum m (fun i => q i * W i l) = ip W t l * / s).
    { intros l. unfold ip, q. rewrite <- sum_scale. apply sum_ext. intros; ring. }
    set (W' := fun i k => if (k =? t)%nat then q i else W i k - q i * g k).
    set (B' := fun k j => if (k =? t)%nat then s * B t j + sum r (fun l => g l * B l j) else B k j).
    exists W', B'. split; [split; [|split]|].
    + intros i k Ha. unfold W'. destruct (Nat.eqb_spec k t) as [->|Hkt]. { unfold q. rewrite HW by auto. ring. }
      rewrite HW by auto. destruct (Req_dec (g k) 0) as [->|Hg]; [ring|]. apply Ga, alike_ok in Hg as [Hg _].
      unfold q. rewrite (HW i t); [ring|]. rewrite Hg; auto.
    + apply (E_ext _ (times r (fun k l => if (k =? t)%nat then (if (l =? t)%nat then s else g l) else if (k =? l)%nat then 1 else 0) B)).
      * intros k j. unfold times, B'. destruct (Nat.eqb_spec k t) as [->|Hkt].
        { rewrite (sum_ext r _ (fun l => g l * B l j + B l j * (if (l =? t)%nat then s else 0))).
          rewrite sum_plus, sum_one by auto. ring. intros l _. destruct (Nat.eqb_spec l t); [subst; rewrite Gt; ring|ring]. }
        destruct (le_lt_dec r k) as [Hk|Hk].
        { rewrite sum_0. symmetry. apply (E_outside _ _ _ _ HB). left. simpl. rewrite <- Fits. auto.
          intros l Hl. destruct (Nat.eqb_spec k l); [lia|]. ring. }
        rewrite (sum_ext r _ (fun l => B l j * (if (l =? k)%nat then 1 else 0))). rewrite sum_one by auto. ring.
        intros l _. rewrite (Nat.eqb_sym l k). destruct (k =? l)%nat eqn:E0; [apply Nat.eqb_eq in E0; subst|]; ring.
      * apply E_rows; auto. intros k l c H Ha. destruct (Nat.eqb_spec k t) as [->|].
        { destruct (Nat.eqb_spec l t) as [->|]; auto. apply Ga, alike_ok in H as [_ H]. rewrite H; auto. }
        destruct (Nat.eqb_spec k l); [subst; auto|lra].
    + intros i j. rewrite HA. unfold times, W', B'.
      rewrite (sum_ext r (fun k => (if (k =? t)%nat then q i else W i k - q i * g k) * _)
        (fun k => (W i k * B k j + (g k * B k j) * (- q i)) + 1 * (if (k =? t)%nat then q i * sum r (fun l => g l * B l j) else 0))).
      * rewrite !sum_plus, sum_scale, (sum_one r t (fun _ => 1)) by auto. ring.
      * intros k _. destruct (Nat.eqb_spec k t) as [->|]; [|ring]. rewrite Gt. replace (W i t) with (q i * s) by (unfold q; field; lra). ring.
    + intros k Hk. destruct (Nat.eq_dec k t) as [->|Hne].
      * left. split.
        { unfold ip, W'. rewrite Nat.eqb_refl. rewrite (sum_ext m _ (fun i => q i * W i t * / s)) by (intros; unfold q; ring).
          rewrite sum_scale, Qip. rewrite <- Hss. field. lra. }
        intros l Hl Ha. unfold ip, W'. rewrite Nat.eqb_refl. apply Nat.eqb_neq in Hl as Hl'. rewrite Hl'.
        rewrite (sum_ext m _ (fun i => q i * W i l + (q i * W i t) * (- (g l * / s)))) by (intros; unfold q; ring).
        rewrite sum_plus, sum_scale, !Qip, <- Hss. replace (s * s * / s * - (g l * / s)) with (- g l) by (field; lra).
        destruct (le_lt_dec l t) as [Hlt|Hlt].
        { rewrite Gz by auto. assert (ip W t l = 0); [|rewrite H; ring]. destruct (HR l ltac:(lia)) as [[_ H]|[H _]].
          - rewrite ip_sym. apply H; auto. apply alike_sym; auto. - apply sum_0. intros. rewrite H. ring. }
        unfold g. apply Nat.ltb_lt in Hlt. rewrite Hlt, Ha. simpl. rewrite Qip. ring.
      * assert (Hkt : (k < t)%nat) by lia. apply Nat.eqb_neq in Hne.
        assert (Wk : forall i, W' i k = W i k). { intros i. unfold W'. rewrite Hne, Gz by lia. ring. }
        destruct (HR k Hkt) as [[H1 H2]|[H1 H2]].
        { left. split. { rewrite <- H1. apply sum_ext. intros. rewrite Wk. auto. }
          intros l Hl Ha. unfold ip. rewrite (sum_ext m _ (fun i => W i k * W' i l)) by (intros; rewrite Wk; auto).
          unfold W'. destruct (Nat.eqb_spec l t) as [->|Hlt].
          - unfold q. rewrite (sum_ext m _ (fun i => W i k * W i t * / s)) by (intros; ring). rewrite sum_scale. fold (ip W k t). rewrite H2; auto. ring.
          - unfold q. rewrite (sum_ext m _ (fun i => W i k * W i l + (W i k * W i t) * (- (g l * / s)))) by (intros; ring).
            rewrite sum_plus, sum_scale. fold (ip W k l) (ip W k t). rewrite (H2 l) by auto.
            destruct (Req_dec (g l) 0) as [->|Hg]; [ring|]. rewrite (H2 t); [ring|lia|]. apply Ga in Hg.
            apply (alike_trans _ l); auto. apply alike_sym; auto. }
        right. split. { intros i. rewrite Wk. auto. } intros j. unfold B'. rewrite Hne. auto.
Qed.
Lemma gram_schmidt A : E (M :: T) A -> forall t, (t <= r)%nat -> exists W B, factored A W B /\ ready t W B.
Proof. intros HA. induction t as [|t IH]; intros Ht.
  - apply E_cons in HA as (W & B & HW & HB & HA). exists W, B. split. split; auto. intros k Hk; lia.
  - destruct (IH ltac:(lia)) as (W & B & H1 & H2). apply (gram_schmidt_step A t W B); auto. Qed.

Hypothesis Classes : check_classes = true.
Lemma bounded A : E (M :: T) A -> exists W B, factored A W B /\ (forall i k, Rabs (W i k) <= 1) /\
  (forall k j, Rabs (B k j) <= sum m (fun i => Rabs (A i j))).
Proof.
  intros HA. destruct (gram_schmidt A HA r (le_n _)) as (W & B & (HW & HB & Heq) & HR). exists W, B. split; [split; auto|].
  assert (Pos : forall j, 0 <= sum m (fun i => Rabs (A i j))) by (intros; apply sum_nonneg; intros; apply Rabs_pos).
  assert (W1 : forall i k, Rabs (W i k) <= 1).
  { intros i k. destruct (allows M i k) eqn:Ha; [|rewrite HW by auto; rewrite Rabs_R0; lra].
    apply allows_lt in Ha as [Hi Hk]. destruct (HR k Hk) as [[H _]|[H _]]; [|rewrite H, Rabs_R0; lra].
    pose proof (sum_member m (fun i => W i k * W i k) i (fun i => Rle_0_sqr (W i k)) Hi) as H1. unfold ip in H. rewrite H in H1. simpl in H1.
    apply Rsqr_incr_0_var; [|lra]. rewrite <- Rsqr_abs. unfold Rsqr. lra. }
  split; auto. intros k j. destruct (le_lt_dec r k) as [Hk|Hk].
  { rewrite (E_outside _ _ _ _ HB) by (left; simpl; rewrite <- Fits; auto). rewrite Rabs_R0. auto. }
  destruct (HR k Hk) as [[H1 H2]|[_ H]]; [|rewrite H, Rabs_R0; auto].
  destruct (allows (reached T) k j) eqn:Hr; [|rewrite (reached_ok _ _ HB) by auto; rewrite Rabs_R0; auto].
  replace (B k j) with (sum m (fun i => W i k * A i j)).
  - eapply Rle_trans; [apply sum_abs|]. apply sum_le. intros i _. rewrite Rabs_mult. rewrite <- (Rmult_1_l (Rabs (A i j))) at 2.
    apply Rmult_le_compat_r; auto. apply Rabs_pos.
  - rewrite (sum_ext m _ (fun i => W i k * sum r (fun l => W i l * B l j))) by (intros; rewrite Heq; auto).
    rewrite sum_assoc. rewrite (sum_ext r _ (fun l => B l j * (if (l =? k)%nat then 1 else 0))). rewrite sum_one by auto; ring.
    intros l Hl. fold (ip W k l). destruct (Nat.eqb_spec l k) as [->|Hne]; [rewrite H1; ring|].
    unfold check_classes in Classes. rewrite forallb_forall in Classes. specialize (Classes k ltac:(apply in_seq; lia)).
    rewrite forallb_forall in Classes. specialize (Classes l ltac:(apply in_seq; lia)).
    destruct (Nat.eqb_spec k l); [lia|]. simpl in Classes. apply orb_prop in Classes as [C|C]; [rewrite H2; auto; ring|].
    unfold far in C. apply orb_prop in C as [C|C]; rewrite forallb_forall in C.
    + assert (ip W k l = 0); [|rewrite H; ring]. apply sum_0. intros i Hi. specialize (C i ltac:(apply in_seq; lia)).
      destruct (allows M i k) eqn:E1; [|rewrite (HW i k); auto; ring]. destruct (allows M i l) eqn:E2; [discriminate|rewrite (HW i l); auto; ring].
    + rewrite (reached_ok _ _ HB l j); [ring|]. pose proof (allows_lt _ _ _ Hr) as [_ Hj].
      specialize (C j ltac:(apply in_seq; lia)). rewrite Hr in C. destruct (allows (reached T) l j); auto.
Qed.

Definition coordinate := (bool * (nat * nat))%type.
Definition coordinate_same : forall a b : coordinate, {a = b} + {a <> b}.
Proof. repeat decide equality. Defined.
Definition grid (m n : nat) : list (nat * nat) := list_prod (seq 0 m) (seq 0 n).
Lemma grid_in i j p q : In (i, j) (grid p q) <-> (i < p)%nat /\ (j < q)%nat.
Proof. unfold grid. rewrite in_prod_iff, !in_seq. lia. Qed.

Theorem peel_weakly_closed : fits (M :: T) = true -> weakly_closed T -> weakly_closed (M :: T).
Proof.
  intros Hf [_ Hcl]. split; auto. intros A HA. set (n := lastcols T).
  set (P := fun e (w : coordinate -> R) => let W := fun i k => w (false, (i, k)) in let B := fun k j => w (true, (k, j)) in
    exists C, factored C W B /\ (forall i k, Rabs (W i k) <= 1) /\ (forall k j, Rabs (B k j) <= sum m (fun i => Rabs (C i j))) /\
      forall i j, Rabs (A i j - C i j) < Rmin e 1).
  set (size := fun j => sum m (fun i => Rabs (A i j) + 1)).
  assert (Hsize : forall j, 0 <= size j). { intros j. apply sum_nonneg. intros i. pose proof (Rabs_pos (A i j)). lra. }
  set (b := 1 + sum n size). assert (Hb : 1 <= b). { pose proof (sum_nonneg n size Hsize). unfold b; lra. }
  destruct (cluster_point _ coordinate_same (map (pair false) (grid m r) ++ map (pair true) (grid r n)) P b) as (v & Hv).
  - split.
    + intros e e' w Hle (C & H1 & H2 & H3 & H4). exists C. repeat split; auto; try apply H1. intros i j. specialize (H4 i j).
      eapply Rlt_le_trans; [exact H4|]. apply Rle_min_compat_r; auto.
    + intros e He N. assert (He1 : 0 < Rmin e 1) by (apply Rmin_glb_lt; lra). apply (HA _ He1). intros (C & HC & HN).
      destruct (bounded C HC) as (W & B & H1 & H2 & H3). apply N.
      exists (fun t : coordinate => if fst t then B (fst (snd t)) (snd (snd t)) else W (fst (snd t)) (snd (snd t))).
      exists C. simpl. repeat split; auto; apply H1.
  - intros e w t Ht (C & H1 & H2 & H3 & H4). apply in_app_or in Ht as [Ht|Ht]; apply in_map_iff in Ht as ([k j] & <- & Hk).
    + specialize (H2 k j). simpl in H2. lra.
    + apply grid_in in Hk as [Hk Hj]. specialize (H3 k j). simpl in H3. pose proof (sum_member n size j Hsize Hj) as Hin.
      assert (sum m (fun i => Rabs (C i j)) <= size j); [|unfold b; lra].
      apply sum_le. intros i _. specialize (H4 i j). pose proof (Rmin_r e 1).
      pose proof (Rabs_triang (C i j - A i j) (A i j)) as Tr. replace (C i j - A i j + A i j) with (C i j) in Tr by ring.
      rewrite (Rabs_minus_sym (A i j)) in H4. lra.
  - set (W := fun i k => if allows M i k then v (false, (i, k)) else 0).
    set (B := fun k j => if ((k <? r) && (j <? n))%nat then v (true, (k, j)) else 0).
    assert (Near : forall e d, 0 < e -> 0 < d -> ~ ~ exists w C, P e w /\ factored C (fun i k => w (false, (i, k))) (fun k j => w (true, (k, j))) /\
       (forall i j, Rabs (A i j - C i j) < e) /\ (forall i k, Rabs (W i k - w (false, (i, k))) < d) /\ (forall k j, Rabs (B k j - w (true, (k, j))) < d)).
    { intros e d He Hd N. apply (Hv e d He Hd). intros (w & HP & Hn). pose proof HP as (C & H1 & H2 & H3 & H4). apply N. exists w, C.
      split; auto. split; auto. split. { intros i j. specialize (H4 i j). pose proof (Rmin_l e 1). lra. }
      destruct H1 as (HW & HB & HE). split.
      - intros i k. unfold W. destruct (allows M i k) eqn:Ha.
        + rewrite Rabs_minus_sym. apply Hn. apply in_or_app. left. apply in_map. apply allows_lt in Ha. apply grid_in; auto.
        + rewrite (HW i k Ha), Rminus_0_r, Rabs_R0. auto.
      - intros k j. unfold B. destruct ((k <? r) && (j <? n))%nat eqn:Hkj.
        + apply andb_prop in Hkj as [Hk Hj]. apply Nat.ltb_lt in Hk, Hj. rewrite Rabs_minus_sym. apply Hn. apply in_or_app. right.
          apply in_map. apply grid_in; auto.
        + pose proof (E_outside _ _ k j HB) as Z. simpl in Z. rewrite Z; [rewrite Rminus_0_r, Rabs_R0; auto|].
          apply andb_false_iff in Hkj as [Hk|Hj]; [left|right]; [apply Nat.ltb_ge in Hk; rewrite <- Fits; auto|apply Nat.ltb_ge in Hj; auto]. }
    apply E_cons. exists W, B. split. { intros i k Ha. unfold W. rewrite Ha. auto. } split.
    + apply Hcl. intros eps He N. apply (Near eps eps He He). intros (w & C & _ & HF & _ & _ & HB). apply N.
      exists (fun k j => w (true, (k, j))). split; auto. apply HF.
    + intros i j. apply Rminus_diag_uniq, small_zero. intros eps He N.
      set (S := sum r (fun k => Rabs (W i k) + Rabs (B k j) + 1)).
      assert (HS : 0 <= S). { apply sum_nonneg. intros k. pose proof (Rabs_pos (W i k)). pose proof (Rabs_pos (B k j)). lra. }
      set (d := Rmin 1 (eps / (2 * (1 + S)))). assert (Hd : 0 < d). { apply Rmin_glb_lt; [lra|]. apply Rdiv_lt_0_compat; lra. }
      assert (HdS : d * (1 + S) <= eps / 2). { apply Rle_trans with (eps / (2 * (1 + S)) * (1 + S)). apply Rmult_le_compat_r; [lra|apply Rmin_r]. right. field. lra. }
      apply (Near (eps / 2) d ltac:(lra) Hd). intros (w & C & _ & (_ & _ & HF) & HC & HW & HB). apply N.
      replace (A i j - times (ncols M) W B i j) with ((A i j - C i j) + (C i j - times (ncols M) W B i j)) by ring.
      eapply Rle_lt_trans; [apply Rabs_triang|]. specialize (HC i j).
      assert (D : Rabs (C i j - times (ncols M) W B i j) <= d * S).
      { rewrite (HF i j). fold r. unfold times. replace (sum r (fun k => w (false, (i, k)) * w (true, (k, j))) - sum r (fun k => W i k * B k j))
          with (sum r (fun k => w (false, (i, k)) * w (true, (k, j)) + (W i k * B k j) * -1)) by (rewrite sum_plus, sum_scale; ring).
        eapply Rle_trans; [apply sum_abs|]. unfold S. rewrite Rmult_comm, <- sum_scale. apply sum_le. intros k _.
        replace (w (false, (i, k)) * w (true, (k, j)) + W i k * B k j * -1) with (- (W i k * B k j - w (false, (i, k)) * w (true, (k, j)))) by ring.
        rewrite Rabs_Ropp, (Rmult_comm (_ + _ + 1) d). apply product_near; auto. apply Rmin_l. }
      assert (d * (1 + S) = d + d * S) by ring. lra.
Qed.
End Peel.
Definition check_peel (Ms : list mask) : bool :=
  match Ms with M :: M' :: Ms' => check_classes M M' Ms' | _ => false end.
Theorem peel_closed Ms : fits Ms = true -> check_peel Ms = true -> weakly_closed (tl Ms) -> weakly_closed Ms.
Proof. destruct Ms as [|M [|M' Ms]]; try discriminate. intros Hf H. apply peel_weakly_closed; auto.
  simpl in Hf. apply andb_prop in Hf as [Hf _]. apply Nat.eqb_eq; auto. Qed.
