(* Rule not_closed.minor: a pattern restricted to rows, columns and the hidden units between them. *)
Require Import Reals List Bool Arith Lia Lra.
From Semialg Require Import Statement Curve.
Import ListNotations.
Open Scope R_scope.

Definition submask (M : mask) (rs cs : list nat) : mask :=
  Mask (length rs) (length cs) (fun a b => allows M (nth a rs O) (nth b cs O)).
(* lists: rows, hidden units of every layer, columns: one list more than masks *)
Fixpoint minor (Ms : list mask) (ls : list (list nat)) : list mask :=
  match Ms, ls with
  | M :: Ms', rs :: ((cs :: _) as ls') => submask M rs cs :: minor Ms' ls'
  | _, _ => []
  end.
(* which rows of the first mask reach the columns cs? *)
Fixpoint reach (Ms : list mask) (cs : list nat) : list bool :=
  match Ms with
  | [] => []
  | M :: Ms' => match Ms' with
      | [] => map (fun k => existsb (fun j => allows M k j) cs) (seq 0 (nrows M))
      | _ => let c := reach Ms' cs in
             map (fun k => existsb (fun u => allows M k u && nth u c false) (seq 0 (ncols M))) (seq 0 (nrows M))
      end
  end.
Definition mem (k : nat) (l : list nat) : bool := existsb (Nat.eqb k) l.
Fixpoint nodup (l : list nat) : bool := match l with [] => true | k :: l' => negb (mem k l') && nodup l' end.
Definition fine (n : nat) (l : list nat) : bool := forallb (fun k => k <? n)%nat l && nodup l.
Fixpoint check_minor (Ms : list mask) (ls : list (list nat)) : bool :=
  match Ms, ls with
  | M :: Ms', rs :: ((cs :: rest) as ls') =>
      fine (nrows M) rs && fine (ncols M) cs &&
      match Ms' with
      | [] => match rest with [] => true | _ => false end
      | _ => let c := reach Ms' (last ls' []) in
             forallb (fun i => forallb (fun k => negb (allows M i k) || negb (nth k c false) || mem k cs) (seq 0 (ncols M))) rs
             && check_minor Ms' ls'
      end
  | _, _ => false
  end.

Fixpoint idx (k : nat) (l : list nat) : option nat :=
  match l with [] => None | h :: l' => if (k =? h)%nat then Some O else option_map S (idx k l') end.
Lemma idx_some k l : forall a, idx k l = Some a -> (a < length l)%nat /\ nth a l O = k.
Proof. induction l; simpl; try discriminate. intros b. destruct (Nat.eqb_spec k a).
  - intros [= <-]. split; [lia|auto].
  - destruct (idx k l); simpl; try discriminate. intros [= <-]. destruct (IHl n0 eq_refl). split; [lia|auto]. Qed.
Lemma idx_none k l : idx k l = None <-> mem k l = false.
Proof. induction l; simpl; [tauto|]. destruct (Nat.eqb_spec k a); simpl. split; discriminate.
  rewrite <- IHl. destruct (idx k l); simpl; split; congruence. Qed.
Lemma idx_nth l : nodup l = true -> forall a, (a < length l)%nat -> idx (nth a l O) l = Some a.
Proof. induction l; simpl; [lia|]. intros H b Hb. apply andb_prop in H as [H1 H2]. apply negb_true_iff in H1.
  destruct b. rewrite Nat.eqb_refl; auto. destruct (Nat.eqb_spec (nth b l O) a) as [E|E].
  - exfalso. rewrite <- idx_none in H1. rewrite <- E, IHl in H1 by (auto; lia). discriminate.
  - rewrite IHl by (auto; lia). auto. Qed.
Lemma sum_first n f : sum (S n) f = f O + sum n (fun k => f (S k)).
Proof. induction n; simpl in *. ring. rewrite IHn. ring. Qed.
Lemma sum_pick n f h c : (h < n)%nat -> f h = 0 -> sum n (fun k => if (k =? h)%nat then c else f k) = c + sum n f.
Proof. intros Hh Hf. induction n; [lia|]. simpl. destruct (Nat.eq_dec h n) as [->|].
  - rewrite Nat.eqb_refl, Hf. rewrite (sum_ext n _ f). ring.
    intros k Hk. destruct (Nat.eqb_spec k n); [lia|auto].
  - rewrite IHn by lia. destruct (Nat.eqb_spec n h); [lia|ring]. Qed.
Definition pick (l : list nat) (g : nat -> R) (k : nat) : R := match idx k l with Some b => g b | None => 0 end.
Lemma sum_reindex n l : forall g, fine n l = true -> sum n (pick l g) = sum (length l) g.
Proof. induction l as [|h l IH]; intros g H. { apply sum_0. auto. }
  apply andb_prop in H as [H1 H2]. simpl in H1, H2. apply andb_prop in H1 as [H1 H3], H2 as [H2 H4].
  apply Nat.ltb_lt in H1. apply negb_true_iff in H2.
  change (length (h :: l)) with (S (length l)). rewrite sum_first, <- IH.
  2: unfold fine; rewrite H3, H4; auto.
  rewrite <- (sum_pick n _ h) by (auto; unfold pick; rewrite (proj2 (idx_none h l) H2); auto).
  apply sum_ext. intros k _. unfold pick; simpl. destruct (k =? h)%nat; auto. destruct (idx k l); auto. Qed.

Definition emb (rs cs : list nat) (W : mat) : mat := fun i j => pick rs (fun a => pick cs (fun b => W a b) j) i.
Fixpoint embs (ls : list (list nat)) (Ws : list mat) : list mat :=
  match ls, Ws with
  | rs :: ((cs :: _) as ls'), W :: Ws' => emb rs cs W :: embs ls' Ws'
  | _, _ => []
  end.
Definition res (rs cs : list nat) (W : mat) : mat :=
  fun a b => if ((a <? length rs) && (b <? length cs))%nat then W (nth a rs O) (nth b cs O) else 0.
Fixpoint ress (ls : list (list nat)) (Ws : list mat) : list mat :=
  match ls, Ws with
  | rs :: ((cs :: _) as ls'), W :: Ws' => res rs cs W :: ress ls' Ws'
  | _, _ => []
  end.

Lemma minor_cons M Ms rs cs rest : minor (M :: Ms) (rs :: cs :: rest) = submask M rs cs :: minor Ms (cs :: rest).
Proof. reflexivity. Qed.
Lemma check_cons M M' Ms rs cs rest : check_minor (M :: M' :: Ms) (rs :: cs :: rest) = true ->
  fine (nrows M) rs = true /\ fine (ncols M) cs = true /\
  (forall i k, In i rs -> (k < ncols M)%nat -> allows M i k = true ->
     nth k (reach (M' :: Ms) (last (cs :: rest) [])) false = true -> mem k cs = true) /\
  check_minor (M' :: Ms) (cs :: rest) = true.
Proof.
  intros H. change (check_minor (M :: M' :: Ms) (rs :: cs :: rest)) with
   (fine (nrows M) rs && fine (ncols M) cs && (let c := reach (M' :: Ms) (last (cs :: rest) []) in
             forallb (fun i => forallb (fun k => negb (allows M i k) || negb (nth k c false) || mem k cs) (seq 0 (ncols M))) rs
             && check_minor (M' :: Ms) (cs :: rest))) in H.
  apply andb_prop in H as [H H0]. apply andb_prop in H as [H1 H2]. cbv zeta in H0. apply andb_prop in H0 as [H3 H4].
  repeat split; auto. intros i k Hi Hk Ha Hr. rewrite forallb_forall in H3. specialize (H3 _ Hi).
  rewrite forallb_forall in H3. specialize (H3 k). rewrite in_seq, Ha, Hr in H3. apply H3. lia. Qed.

Lemma embs_supported Ms : forall ls Ws, check_minor Ms ls = true -> Forall2 supported (minor Ms ls) Ws ->
  Forall2 supported Ms (embs ls Ws).
Proof.
  assert (one_layer : forall M rs cs W, supported (submask M rs cs) W -> supported M (emb rs cs W)).
  { intros M rs cs W H i j Ha. unfold emb, pick. destruct (idx i rs) eqn:Hi; auto. destruct (idx j cs) eqn:Hj; auto.
    apply idx_some in Hi as [Hi1 Hi2], Hj as [Hj1 Hj2]. apply H. unfold allows at 1. simpl. rewrite Hi2, Hj2, Ha.
    apply andb_false_r. }
  induction Ms as [|M Ms IH]; intros ls Ws Hc H; [discriminate|].
  destruct ls as [|rs [|cs rest]]; try discriminate.
  destruct Ms as [|M' Ms].
  - simpl in *. inversion H; subst. inversion H4; subst. constructor; auto. destruct rest; simpl; constructor.
  - apply check_cons in Hc as (H1 & H2 & H3 & H4). rewrite minor_cons in H.
    inversion H; subst. change (Forall2 supported (M :: M' :: Ms) (emb rs cs y :: embs (cs :: rest) l')). constructor; auto. Qed.
Lemma embs_prod Ms : forall ls Ws i j, check_minor Ms ls = true -> Forall2 supported (minor Ms ls) Ws ->
  prod Ms (embs ls Ws) i j = emb (hd [] ls) (last ls []) (prod (minor Ms ls) Ws) i j.
Proof.
  induction Ms as [|M Ms IH]; intros ls Ws i j Hc H; [discriminate|].
  destruct ls as [|rs [|cs rest]]; try discriminate.
  destruct Ms as [|M' Ms].
  - cbn [minor] in H. inversion H; subst. simpl. destruct rest; simpl; auto.
    simpl in Hc. rewrite andb_false_r in Hc. discriminate.
  - apply check_cons in Hc as (H1 & H2 & H3 & H4). rewrite minor_cons in *.
    inversion H; subst. rename y into W, l' into Ws'.
    change (embs (rs :: cs :: rest) (W :: Ws')) with (emb rs cs W :: embs (cs :: rest) Ws').
    change (prod (M :: M' :: Ms) (emb rs cs W :: embs (cs :: rest) Ws') i j) with
      (sum (ncols M) (fun k => emb rs cs W i k * prod (M' :: Ms) (embs (cs :: rest) Ws') k j)).
    cbn [hd]. change (last (rs :: cs :: rest) []) with (last (cs :: rest) []).
    destruct rest as [|c2 rest]; [simpl in H4; destruct Ms; discriminate|].
    unfold emb at 2. unfold pick at 1. destruct (idx i rs) eqn:Hi.
    2: { apply sum_0. intros. unfold emb, pick. rewrite Hi. ring. }
    unfold pick at 1. 
    rewrite (sum_ext _ _ (pick cs (fun b => W n b * pick (last (cs :: c2 :: rest) []) (fun c => prod (minor (M' :: Ms) (cs :: c2 :: rest)) Ws' b c) j))).
    + rewrite sum_reindex by auto. unfold pick. destruct (idx j _) eqn:Hj.
      * reflexivity.
      * apply sum_0. intros. ring.
    + intros k _. rewrite IH by auto. unfold emb, pick. rewrite Hi. cbn [hd]. destruct (idx k cs); auto. ring.
Qed.

Lemma reach_ok Ms : forall Ws k j cs, Forall2 supported Ms Ws -> In j cs ->
  nth k (reach Ms cs) false = false -> prod Ms Ws k j = 0.
Proof.
  induction Ms as [|M Ms IH]; intros Ws k j cs H Hj Hr; inversion H; subst; auto.
  destruct (le_lt_dec (nrows M) k) as [Hk|Hk]. { apply prod_zero_row; auto. }
  destruct Ms as [|M' Ms].
  - simpl in *. rewrite nth_map_seq in Hr. apply Nat.ltb_lt in Hk. rewrite Hk in Hr.
    apply H2. destruct (allows M k j) eqn:Ha; auto. rewrite <- Hr. symmetry. apply existsb_exists. eauto.
  - change (reach (M :: M' :: Ms) cs) with (let c := reach (M' :: Ms) cs in
      map (fun k => existsb (fun u => allows M k u && nth u c false) (seq 0 (ncols M))) (seq 0 (nrows M))) in Hr.
    cbv zeta in Hr. rewrite nth_map_seq in Hr. apply Nat.ltb_lt in Hk. rewrite Hk in Hr.
    change (sum (ncols M) (fun u => y k u * prod (M' :: Ms) l' u j) = 0). apply sum_0. intros u Hu.
    destruct (allows M k u) eqn:Ha; [|rewrite H2; auto; ring].
    destruct (nth u (reach (M' :: Ms) cs) false) eqn:Hx; [|rewrite IH with (cs := cs); auto; ring].
    exfalso. assert (false = true); [|discriminate]. rewrite <- Hr. apply existsb_exists. exists u. rewrite Ha, in_seq. split; [lia|auto].
Qed.
Lemma ress_supported Ms : forall ls Ws, check_minor Ms ls = true -> Forall2 supported Ms Ws ->
  Forall2 supported (minor Ms ls) (ress ls Ws).
Proof.
  assert (one_layer : forall M rs cs W, supported M W -> supported (submask M rs cs) (res rs cs W)).
  { intros M rs cs W H a b Ha. unfold res. destruct ((a <? length rs) && (b <? length cs))%nat eqn:Hb; auto.
    apply H. unfold allows in Ha. simpl in Ha. rewrite Hb in Ha. exact Ha. }
  induction Ms as [|M Ms IH]; intros ls Ws Hc H; [discriminate|].
  destruct ls as [|rs [|cs rest]]; try discriminate. inversion H; subst.
  destruct Ms as [|M' Ms].
  - simpl. inversion H4; subst. constructor; auto. destruct rest; constructor.
  - apply check_cons in Hc as (H1 & H3 & _ & H5). rewrite minor_cons. change (Forall2 supported (submask M rs cs :: minor (M' :: Ms) (cs :: rest)) (res rs cs y :: ress (cs :: rest) l')). constructor; auto. Qed.
Lemma nth_in_range {T} (l : list T) a d : (a < length l)%nat -> In (nth a l d) l.
Proof. apply nth_In. Qed.
Lemma ress_prod Ms : forall ls Ws a c, check_minor Ms ls = true -> Forall2 supported Ms Ws ->
  (a < length (hd [] ls))%nat -> (c < length (last ls []))%nat ->
  prod (minor Ms ls) (ress ls Ws) a c = prod Ms Ws (nth a (hd [] ls) O) (nth c (last ls []) O).
Proof.
  induction Ms as [|M Ms IH]; intros ls Ws a c Hc H Ha Hcc; [discriminate|].
  destruct ls as [|rs [|cs rest]]; try discriminate. inversion H; subst. rename y into W, l' into Ws'.
  destruct Ms as [|M' Ms].
  - destruct rest; [|simpl in Hc; rewrite andb_false_r in Hc; discriminate]. simpl in *. unfold res.
    apply Nat.ltb_lt in Ha, Hcc. rewrite Ha, Hcc. auto.
  - apply check_cons in Hc as (H1 & H3 & H5 & H6).
    destruct rest as [|c2 rest]; [simpl in H6; destruct Ms; discriminate|].
    change (last (rs :: cs :: c2 :: rest) []) with (last (cs :: c2 :: rest) []) in *. cbn [hd] in *.
    set (i := nth a rs O). set (j := nth c (last (cs :: c2 :: rest) []) O).
    change (prod (M :: M' :: Ms) (W :: Ws') i j) with (sum (ncols M) (fun k => W i k * prod (M' :: Ms) Ws' k j)).
    change (prod (minor (M :: M' :: Ms) (rs :: cs :: c2 :: rest)) (ress (rs :: cs :: c2 :: rest) (W :: Ws')) a c) with
      (sum (length cs) (fun b => res rs cs W a b * prod (minor (M' :: Ms) (cs :: c2 :: rest)) (ress (cs :: c2 :: rest) Ws') b c)).
    rewrite <- (sum_reindex (ncols M)) by auto. apply sum_ext. intros k Hk. unfold pick. destruct (idx k cs) as [b|] eqn:Hb.
    + apply idx_some in Hb as [Hb1 Hb2]. unfold res. pose proof Ha as Ha'. apply Nat.ltb_lt in Ha'. rewrite Ha'.
      pose proof Hb1 as Hb'. apply Nat.ltb_lt in Hb'. rewrite Hb'. cbn [andb]. rewrite Hb2.
      rewrite IH by auto. cbn [hd]. rewrite Hb2. reflexivity.
    + apply idx_none in Hb. destruct (allows M i k) eqn:HA; [|rewrite H2; auto; ring].
      destruct (nth k (reach (M' :: Ms) (last (cs :: c2 :: rest) [])) false) eqn:Hr.
      * rewrite (H5 i k) in Hb; auto; try discriminate. apply nth_In; auto.
      * rewrite (reach_ok (M' :: Ms) Ws' k j (last (cs :: c2 :: rest) [])); auto; [ring|]. apply nth_In; auto.
Qed.

Lemma firstrows_minor Ms ls : check_minor Ms ls = true -> firstrows (minor Ms ls) = length (hd [] ls).
Proof. destruct Ms, ls as [|rs [|cs rest]]; try discriminate. auto. Qed.
Lemma lastcols_minor Ms : forall ls, check_minor Ms ls = true -> lastcols (minor Ms ls) = length (last ls []).
Proof. induction Ms as [|M Ms IH]; intros ls H; [discriminate|]. destruct ls as [|rs [|cs rest]]; try discriminate.
  destruct Ms as [|M' Ms]. destruct rest; [auto|simpl in H; rewrite andb_false_r in H; discriminate].
  apply check_cons in H as (_ & _ & _ & H). change (last (rs :: cs :: rest) []) with (last (cs :: rest) []). rewrite <- (IH (cs :: rest) H).
  destruct rest as [|c2 rest]; [simpl in H; destruct Ms; discriminate|]. reflexivity. Qed.
Lemma fine_ends Ms : forall ls, check_minor Ms ls = true -> nodup (hd [] ls) = true /\ nodup (last ls []) = true.
Proof. induction Ms as [|M Ms IH]; intros ls H; [discriminate|]. destruct ls as [|rs [|cs rest]]; try discriminate.
  destruct Ms as [|M' Ms].
  - destruct rest; [|simpl in H; rewrite andb_false_r in H; discriminate]. simpl in *. unfold fine in H.
    repeat rewrite andb_true_iff in H. tauto.
  - apply check_cons in H as (H1 & H2 & _ & H). apply IH in H as [_ H]. unfold fine in H1.
    apply andb_prop in H1 as [_ H1]. split; auto. Qed.

Lemma small_eq x : (forall eps, 0 < eps -> Rabs x < eps) -> x = 0.
Proof. intros H. destruct (Req_dec x 0); auto. exfalso. specialize (H (Rabs x) (Rabs_pos_lt _ H0)). lra. Qed.

Theorem minor_ok Ms ls : fits Ms = true -> check_minor Ms ls = true -> not_closed (minor Ms ls) -> not_closed Ms.
Proof.
  intros Hf Hc (_ & A & Hcl & Hn). split; auto. exists (emb (hd [] ls) (last ls []) A). split.
  - intros eps He. destruct (Hcl eps He) as (B & (Ws & HF & HB) & Hnear).
    exists (prod Ms (embs ls Ws)). split. { exists (embs ls Ws). split; auto. apply embs_supported; auto. }
    intros i j. rewrite embs_prod by auto. unfold emb, pick.
    destruct (idx i _); [|rewrite Rminus_0_r, Rabs_R0; auto]. destruct (idx j _); [|rewrite Rminus_0_r, Rabs_R0; auto].
    rewrite <- HB. apply Hnear.
  - intros (Ws & HF & HA). apply Hn. exists (ress ls Ws). split. { apply ress_supported; auto. }
    pose proof (ress_supported _ _ _ Hc HF) as HR. destruct (fine_ends _ _ Hc) as [N1 N2].
    intros a c. destruct (le_lt_dec (length (hd [] ls)) a) as [Ha|Ha].
    { rewrite prod_zero_row; auto. 2: rewrite firstrows_minor; auto.
      apply small_eq. intros eps He. destruct (Hcl eps He) as (B & (Ws' & HF' & HB) & Hnear). specialize (Hnear a c).
      rewrite HB, prod_zero_row, Rminus_0_r in Hnear; auto. rewrite firstrows_minor; auto. }
    destruct (le_lt_dec (length (last ls [])) c) as [Hcc|Hcc].
    { rewrite prod_zero_col; auto. 2: rewrite lastcols_minor; auto.
      apply small_eq. intros eps He. destruct (Hcl eps He) as (B & (Ws' & HF' & HB) & Hnear). specialize (Hnear a c).
      rewrite HB, prod_zero_col, Rminus_0_r in Hnear; auto. rewrite lastcols_minor; auto. }
    rewrite ress_prod by auto. rewrite <- HA. unfold emb, pick. rewrite !idx_nth; auto.
Qed.

