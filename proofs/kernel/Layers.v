(* Patterns of any number of layers: the first layer split off, one layer, minors with all lines that matter (rules prune
   and permute), transposition, and two layers as an instance (rule closed.units). *)
Require Import Reals List Bool Arith Lia Lra.
From Semialg Require Import Statement Curve Minor Instance Product FullSpace.
Import ListNotations.
Open Scope R_scope.

(* Closed under weak limits (see Instance.v); this implies closed. *)
Definition limit (S : mat -> Prop) (A : mat) : Prop :=
  forall eps, 0 < eps -> ~ ~ exists B, S B /\ forall i j, Rabs (A i j - B i j) < eps.
Definition weakly_closed (Ms : list mask) : Prop := fits Ms = true /\ forall A, limit (E Ms) A -> E Ms A.
Lemma weakly_closed_closed Ms : weakly_closed Ms -> closed Ms.
Proof. intros [Hf H]. split; auto. intros A HA. apply H. intros eps He N. destruct (HA eps He) as (B & HB). apply N; eauto. Qed.
Lemma limit_zero (S : mat -> Prop) A i j : limit S A -> (forall B, S B -> B i j = 0) -> A i j = 0.
Proof. intros HA H. destruct (Req_dec (A i j) 0) as [|Hne]; auto. exfalso. apply (HA _ (Rabs_pos_lt _ Hne)).
  intros (B & HB & HN). specialize (HN i j). rewrite (H B HB), Rminus_0_r in HN. lra. Qed.
Lemma limit_map (S S' : mat -> Prop) (f : mat -> mat) A :
  (forall B, S B -> S' (f B)) -> (forall B eps, 0 < eps -> (forall i j, Rabs (A i j - B i j) < eps) -> forall i j, Rabs (f A i j - f B i j) < eps) ->
  limit S A -> limit S' (f A).
Proof. intros H H1 HA. near HA eps B HB HN. exists (f B). split; auto. Qed.
Lemma E_ext Ms A B : (forall i j, A i j = B i j) -> E Ms A -> E Ms B.
Proof. intros H (Ws & HF & HP). exists Ws. split; auto. intros. rewrite <- H; auto. Qed.
Lemma same_weakly_closed Ms Ms' : fits Ms = true -> (forall A, E Ms A <-> E Ms' A) -> weakly_closed Ms' -> weakly_closed Ms.
Proof. intros Hf H [_ Hc]. split; auto. intros A HA. apply H, Hc. near HA eps B HB HN. exists B. split; auto. apply H; auto. Qed.

(* The product of a factor and a matrix with r rows. *)
Definition times (r : nat) (W B : mat) : mat := fun i j => sum r (fun k => W i k * B k j).
Lemma E_cons M M' Ms A : E (M :: M' :: Ms) A <->
  exists W B, supported M W /\ E (M' :: Ms) B /\ forall i j, A i j = times (ncols M) W B i j.
Proof. split.
  - intros (Ws & HF & HP). inversion HF; subst. exists y, (prod (M' :: Ms) l'). split; auto. split; [exists l'; auto|]. intros. rewrite HP. reflexivity.
  - intros (W & B & HW & (Ws & HF & HP) & HA). exists (W :: Ws). split; auto. intros i j. rewrite HA.
    change (prod (M :: M' :: Ms) (W :: Ws) i j) with (sum (ncols M) (fun k => W i k * prod (M' :: Ms) Ws k j)).
    unfold times. apply sum_ext. intros. rewrite HP. auto. Qed.
Lemma E_one M A : E [M] A <-> supported M A.
Proof. split. intros (Ws & HF & HP). inversion HF; subst. intros i j Ha. rewrite HP. simpl. auto.
  intros H. exists [A]. split; auto. Qed.
Lemma E_congruence M Ms Ms' : Ms <> [] -> Ms' <> [] -> (forall A, E Ms A <-> E Ms' A) -> forall A, E (M :: Ms) A <-> E (M :: Ms') A.
Proof. intros H1 H2 H A. destruct Ms as [|N Ms]; [tauto|]. destruct Ms' as [|N' Ms']; [tauto|].
  rewrite !E_cons. split; intros (W & B & HW & HB & HA); exists W, B; repeat split; auto; apply H; auto. Qed.
Lemma E_outside Ms A i j : E Ms A -> (firstrows Ms <= i)%nat \/ (lastcols Ms <= j)%nat -> A i j = 0.
Proof. intros (Ws & HF & HP) [H|H]; rewrite HP; [apply prod_zero_row|apply prod_zero_col]; auto. Qed.
Lemma limit_outside Ms A i j : limit (E Ms) A -> (firstrows Ms <= i)%nat \/ (lastcols Ms <= j)%nat -> A i j = 0.
Proof. intros HA H. apply (limit_zero _ _ _ _ HA). intros B HB. eapply E_outside; eauto. Qed.

(* ---- one layer ---- *)
Theorem one_layer_closed M : weakly_closed [M].
Proof. split; auto. intros A HA. apply E_one. intros i j Ha. apply (limit_zero _ _ _ _ HA). intros B HB. apply E_one in HB; auto. Qed.

(* ---- minors that leave out only units on no path, and lines without ones ---- *)
Fixpoint lastmask (Ms : list mask) : mask :=
  match Ms with [] => Mask 0 0 (fun _ _ => false) | M :: Ms' => match Ms' with [] => M | _ => lastmask Ms' end end.
Definition firstmask (Ms : list mask) : mask := match Ms with [] => Mask 0 0 (fun _ _ => false) | M :: _ => M end.
Definition check_select (Ms : list mask) (ls : list (list nat)) : bool :=
  check_minor Ms ls &&
  forallb (fun i => mem i (hd [] ls) || forallb (fun k => negb (allows (firstmask Ms) i k)) (seq 0 (ncols (firstmask Ms)))) (seq 0 (firstrows Ms)) &&
  forallb (fun j => mem j (last ls []) || forallb (fun k => negb (allows (lastmask Ms) k j)) (seq 0 (nrows (lastmask Ms)))) (seq 0 (lastcols Ms)).
Lemma zero_row Ms B i : (forall k, allows (firstmask Ms) i k = false) -> E Ms B -> B i 0%nat = B i 0%nat /\ forall j, B i j = 0.
Proof. intros H (Ws & HF & HP). split; auto. intros j. rewrite HP. destruct HF as [|M W Ms Ws HW HF]; auto. simpl in *.
  destruct Ms; [apply HW; auto|]. apply sum_0. intros. rewrite HW; auto; ring. Qed.
Lemma zero_column Ms : forall B j, (forall k, allows (lastmask Ms) k j = false) -> E Ms B -> forall i, B i j = 0.
Proof. induction Ms as [|M Ms IH]; intros B j H HB i. { destruct HB as (Ws & HF & HP). rewrite HP. destruct Ws; auto. }
  destruct Ms as [|M' Ms]. { apply E_one in HB. apply HB. apply H. }
  apply E_cons in HB as (W & C & HW & HC & HA). rewrite HA. apply sum_0. intros k _. rewrite (IH C j); auto. ring. Qed.
Lemma allows_none_row M i : forallb (fun k => negb (allows M i k)) (seq 0 (ncols M)) = true -> forall k, allows M i k = false.
Proof. rewrite forallb_forall. intros H k. destruct (allows M i k) eqn:E0; auto. pose proof (allows_lt _ _ _ E0) as [_ Hk].
  specialize (H k ltac:(apply in_seq; lia)). rewrite E0 in H. discriminate. Qed.
Lemma allows_none_column M j : forallb (fun k => negb (allows M k j)) (seq 0 (nrows M)) = true -> forall k, allows M k j = false.
Proof. rewrite forallb_forall. intros H k. destruct (allows M k j) eqn:E0; auto. pose proof (allows_lt _ _ _ E0) as [Hk _].
  specialize (H k ltac:(apply in_seq; lia)). rewrite E0 in H. discriminate. Qed.
Theorem select_closed Ms ls : fits Ms = true -> check_select Ms ls = true -> weakly_closed (minor Ms ls) -> weakly_closed Ms.
Proof.
  intros Hf H [_ Hcl]. apply andb_prop in H as [H HC]. apply andb_prop in H as [Hc HR]. split; auto. intros A HA.
  set (rs := hd [] ls) in *. set (cs := last ls []) in *. destruct (fine_ends _ _ Hc) as [N1 N2]. fold rs in N1. fold cs in N2.
  assert (HE : E (minor Ms ls) (res rs cs A)).
  { apply Hcl. apply (limit_map (E Ms) _ (res rs cs)); auto.
    - intros B (Ws & HF & HP). exists (ress ls Ws). pose proof (ress_supported _ _ _ Hc HF) as HS. split; auto. intros a c.
      unfold res. destruct (a <? length rs)%nat eqn:Ha; [destruct (c <? length cs)%nat eqn:Hcc|]; simpl.
      + apply Nat.ltb_lt in Ha, Hcc. rewrite ress_prod by auto. fold rs cs. apply HP.
      + symmetry. apply prod_zero_col; auto. rewrite lastcols_minor by auto. apply Nat.ltb_ge; auto.
      + symmetry. apply prod_zero_row; auto. rewrite firstrows_minor by auto. apply Nat.ltb_ge; auto.
    - intros B eps He HN a c. unfold res. destruct (_ && _); auto. rewrite Rminus_0_r, Rabs_R0; auto. }
  destruct HE as (Ws & HF & HP). exists (embs ls Ws). split. { apply embs_supported; auto. }
  intros i j. rewrite embs_prod by auto. fold rs cs. unfold emb, pick.
  assert (Zr : idx i rs = None -> A i j = 0).
  { intros Hi. destruct (le_lt_dec (firstrows Ms) i). { apply (limit_outside Ms); auto. }
    rewrite forallb_forall in HR. specialize (HR i ltac:(apply in_seq; lia)). rewrite (proj1 (idx_none i rs) Hi) in HR. simpl in HR.
    apply (limit_zero _ _ _ _ HA). intros B HB. apply (zero_row Ms B i (allows_none_row _ _ HR) HB). }
  assert (Zc : idx j cs = None -> A i j = 0).
  { intros Hj. destruct (le_lt_dec (lastcols Ms) j). { apply (limit_outside Ms); auto. }
    rewrite forallb_forall in HC. specialize (HC j ltac:(apply in_seq; lia)). rewrite (proj1 (idx_none j cs) Hj) in HC. simpl in HC.
    apply (limit_zero _ _ _ _ HA). intros B HB. apply (zero_column Ms B j (allows_none_column _ _ HC) HB). }
  destruct (idx i rs) as [a|] eqn:Hi; auto. destruct (idx j cs) as [c|] eqn:Hj; auto.
  rewrite <- HP. apply idx_some in Hi as [H1 H2], Hj as [H3 H4]. unfold res.
  apply Nat.ltb_lt in H1, H3. rewrite H1, H3, H2, H4. auto.
Qed.

(* ---- transposition ---- *)
Definition flip (M : mask) : mask := Mask (ncols M) (nrows M) (fun i j => one M j i).
Lemma allows_flip M i j : allows (flip M) i j = allows M j i.
Proof. unfold allows. simpl. rewrite (andb_comm (i <? ncols M)%nat). auto. Qed.
Definition flips (Ms : list mask) : list mask := rev (map flip Ms).
Lemma sum_assoc r s (f : nat -> R) (G : nat -> nat -> R) (g : nat -> R) :
  sum r (fun k => f k * sum s (fun l => G k l * g l)) = sum s (fun l => sum r (fun k => f k * G k l) * g l).
Proof. rewrite (sum_ext r _ (fun k => sum s (fun l => f k * G k l * g l))).
  - rewrite sum_swap. apply sum_ext. intros. apply sum_scale.
  - intros k _. rewrite Rmult_comm, <- sum_scale. apply sum_ext. intros; ring. Qed.
Lemma E_snoc Ms : forall N A, Ms <> [] -> (E (Ms ++ [N]) A <->
  exists B Y, E Ms B /\ supported N Y /\ forall i j, A i j = times (lastcols Ms) B Y i j).
Proof.
  induction Ms as [|M Ms IH]; intros N A Hne; [tauto|]. destruct Ms as [|M' Ms].
  - change ([M] ++ [N]) with (M :: N :: []). rewrite E_cons. split.
    + intros (W & B & HW & HB & HA). exists W, B. split. apply E_one; auto. split; auto. apply E_one; auto.
    + intros (B & Y & HB & HY & HA). exists B, Y. split. apply E_one; auto. split; auto. apply E_one; auto.
  - change ((M :: M' :: Ms) ++ [N]) with (M :: M' :: (Ms ++ [N])). rewrite E_cons.
    change (M' :: Ms ++ [N]) with ((M' :: Ms) ++ [N]). change (lastcols (M :: M' :: Ms)) with (lastcols (M' :: Ms)). split.
    + intros (W & C & HW & HC & HA). apply IH in HC as (B & Y & HB & HY & HC); [|discriminate].
      exists (times (ncols M) W B), Y. split; [apply E_cons; exists W, B; auto|]. split; auto. intros i j. rewrite HA. unfold times.
      rewrite (sum_ext _ _ (fun k => W i k * sum (lastcols (M' :: Ms)) (fun l => B k l * Y l j))) by (intros; rewrite HC; auto).
      apply sum_assoc.
    + intros (C & Y & HC & HY & HA). apply E_cons in HC as (W & B & HW & HB & HC).
      exists W, (times (lastcols (M' :: Ms)) B Y). split; auto. split.
      * apply IH; [discriminate|]. exists B, Y; auto.
      * intros i j. rewrite HA. unfold times.
        rewrite (sum_ext _ _ (fun l => sum (ncols M) (fun k => W i k * B k l) * Y l j)) by (intros; rewrite HC; auto).
        symmetry. apply sum_assoc.
Qed.
Lemma lastcols_snoc Ms N : lastcols (Ms ++ [N]) = ncols N.
Proof. induction Ms as [|M Ms IH]; auto. simpl. rewrite IH. destruct (Ms ++ [N]) eqn:E0; auto. destruct Ms; discriminate. Qed.
Lemma E_flips Ms : fits Ms = true -> forall A, E Ms A -> E (flips Ms) (fun i j => A j i).
Proof.
  induction Ms as [|M Ms IH]; intros Hf A HA; [discriminate|]. destruct Ms as [|M' Ms].
  - apply E_one in HA. apply E_one. intros i j Ha. rewrite allows_flip in Ha. apply HA; auto.
  - simpl in Hf. apply andb_prop in Hf as [H1 H2]. apply Nat.eqb_eq in H1. apply E_cons in HA as (W & B & HW & HB & HA).
    unfold flips in *. cbn [map rev] in *. rewrite E_snoc by (destruct (rev (map flip Ms)); discriminate).
    exists (fun i j => B j i), (fun i j => W j i). split; [apply IH; auto|]. split. { intros i j Ha. rewrite allows_flip in Ha. apply HW; auto. }
    intros i j. rewrite HA. unfold times. rewrite lastcols_snoc. cbn [flip ncols]. rewrite <- H1. apply sum_ext. intros; ring.
Qed.
Lemma fits_snoc Ms N : Ms <> [] -> fits (Ms ++ [N]) = fits Ms && (lastcols Ms =? nrows N)%nat.
Proof. induction Ms as [|M Ms IH]; intros H; [tauto|]. destruct Ms as [|M' Ms].
  - simpl. rewrite andb_true_r. auto.
  - change ((M :: M' :: Ms) ++ [N]) with (M :: ((M' :: Ms) ++ [N])). 
    change (lastcols (M :: M' :: Ms)) with (lastcols (M' :: Ms)).
    change (fits (M :: M' :: Ms)) with ((ncols M =? nrows M')%nat && fits (M' :: Ms)).
    change (fits (M :: ((M' :: Ms) ++ [N]))) with ((ncols M =? nrows M')%nat && fits ((M' :: Ms) ++ [N])).
    rewrite IH by discriminate. apply andb_assoc. Qed.
Lemma flips_fits Ms : fits Ms = true -> fits (flips Ms) = true.
Proof. induction Ms as [|M Ms IH]; intros H; auto. destruct Ms as [|M' Ms]; auto.
  simpl in H. apply andb_prop in H as [H1 H2]. unfold flips in *. cbn [map rev] in *.
  rewrite fits_snoc by (destruct (rev (map flip Ms)); discriminate). rewrite IH by auto. rewrite lastcols_snoc. simpl.
  rewrite Nat.eqb_sym. exact H1. Qed.
Lemma E_same_allows Ms Ms' : Forall2 (fun M M' => ncols M = ncols M' /\ forall i j, allows M i j = allows M' i j) Ms Ms' ->
  forall A, E Ms A -> E Ms' A.
Proof. induction 1 as [|M M' Ms Ms' [Hn Ha] HF IH]; intros A HA; auto. destruct HF as [|N N' Ms Ms' HN HF].
  - apply E_one in HA. apply E_one. intros i j H. apply HA. rewrite Ha; auto.
  - apply E_cons in HA as (W & B & HW & HB & HA). apply E_cons. exists W, B. split. { intros i j H. apply HW. rewrite Ha; auto. }
    split; auto. intros i j. rewrite HA, Hn. auto. Qed.
Lemma flips_flips Ms A : E (flips (flips Ms)) A -> E Ms A.
Proof. apply E_same_allows. unfold flips. rewrite map_rev, rev_involutive, map_map. induction Ms; simpl; constructor; auto. Qed.
Theorem flips_closed Ms : fits Ms = true -> weakly_closed (flips Ms) -> weakly_closed Ms.
Proof. intros Hf [_ Hc]. split; auto. intros A HA. apply flips_flips. 
  apply (E_ext _ (fun i j => (fun i j => A j i) j i)); auto. apply E_flips; [apply flips_fits; auto|]. apply Hc.
  near HA eps B HB HN. exists (fun i j => B j i). split; [apply E_flips; auto|auto]. Qed.

(* ---- two masks are an instance ---- *)
Definition unit_of (M N : mask) (k : nat) : rect :=
  (filter (fun i => allows M i k) (seq 0 (nrows M)), filter (fun j => allows N k j) (seq 0 (ncols N))).
Fixpoint units (M N : mask) (r : nat) : list rect := match r with O => [] | S k => unit_of M N k :: units M N k end.
Definition full (m n : nat) : obsv := fun i j => ((i <? m) && (j <? n))%nat.
Lemma mem_filter f n i : mem i (filter f (seq 0 n)) = ((i <? n)%nat && f i).
Proof. apply eq_true_iff_eq. rewrite mem_in, filter_In, in_seq, andb_true_iff, Nat.ltb_lt. split; intros [H1 H2]; split; auto; lia. Qed.
Lemma mem_row M N k i : mem i (fst (unit_of M N k)) = allows M i k.
Proof. simpl. rewrite mem_filter. destruct (allows M i k) eqn:E; [|apply andb_false_r]. apply allows_lt in E as [E _].
  apply Nat.ltb_lt in E. rewrite E; auto. Qed.
Lemma mem_col M N k j : mem j (snd (unit_of M N k)) = allows N k j.
Proof. simpl. rewrite mem_filter. destruct (allows N k j) eqn:E; [|apply andb_false_r]. apply allows_lt in E as [_ E].
  apply Nat.ltb_lt in E. rewrite E; auto. Qed.
Lemma to_EI M N X Y o : supported M X -> supported N Y -> forall r A,
  (forall i j, o i j = true -> A i j = sum r (fun k => X i k * Y k j)) -> EI o (units M N r) A.
Proof. intros HX HY. induction r as [|r IH]; intros A H. exact H.
  exists (fun i => X i r), (fun j => Y r j). split. { intros i Hi. rewrite mem_row in Hi. auto. }
  split. { intros j Hj. rewrite mem_col in Hj. auto. } apply IH. intros i j Ho. rewrite H by auto. simpl. ring. Qed.
Lemma from_EI M N o : forall r A, EI o (units M N r) A -> exists X Y, supported M X /\ supported N Y /\
  forall i j, o i j = true -> A i j = sum r (fun k => X i k * Y k j).
Proof. induction r as [|r IH]; intros A H.
  - exists (fun _ _ => 0), (fun _ _ => 0). split; [intros i j _; auto|]. split; [intros i j _; auto|exact H].
  - destruct H as (x & y & Hx & Hy & HE). destruct (IH _ HE) as (X & Y & HX & HY & HS).
    exists (fun i k => if (k =? r)%nat then x i else X i k), (fun k j => if (k =? r)%nat then y j else Y k j).
    split. { intros i k Ha. destruct (Nat.eqb_spec k r) as [->|]; auto. apply Hx. rewrite mem_row; auto. }
    split. { intros k j Ha. destruct (Nat.eqb_spec k r) as [->|]; auto. apply Hy. rewrite mem_col; auto. }
    intros i j Ho. specialize (HS i j Ho). simpl in HS. cbn [sum]. rewrite Nat.eqb_refl.
    rewrite (sum_ext r _ (fun k => X i k * Y k j)). lra. intros k Hk. destruct (Nat.eqb_spec k r); [lia|auto]. Qed.
Theorem units_closed M N : fits [M; N] = true -> closedI (full (nrows M) (ncols N)) (units M N (ncols M)) -> weakly_closed [M; N].
Proof.
  intros Hf Hc. split; auto. intros A HA. set (o := full (nrows M) (ncols N)) in *.
  assert (HE : EI o (units M N (ncols M)) A).
  { apply Hc. near HA eps B H HN. destruct H as (Ws & HF & HB). exists B. split; auto.
    inversion HF as [|? X ? l HX HF1]; subst. inversion HF1 as [|? Y ? l2 HY HF2]; subst. inversion HF2; subst.
    apply (to_EI M N X Y); auto. intros i j _. rewrite HB. reflexivity. }
  destruct (from_EI _ _ _ _ _ HE) as (X & Y & HX & HY & HS). exists [X; Y]. 
  assert (HF : Forall2 supported [M; N] [X; Y]) by auto.
  split; auto. intros i j. destruct (o i j) eqn:Ho; [apply HS; auto|].
  assert (Z : forall Ws, Forall2 supported [M; N] Ws -> prod [M; N] Ws i j = 0).
  { intros Ws HW. unfold o, full in Ho. apply andb_false_iff in Ho as [Ho|Ho]; apply Nat.ltb_ge in Ho.
    apply prod_zero_row; auto. apply prod_zero_col; auto. }
  rewrite Z by auto. apply (limit_zero _ _ _ _ HA). intros B (Ws & HW & HB). rewrite HB. auto.
Qed.
