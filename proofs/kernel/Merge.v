(* Rule closed.merge_layers: two neighbouring layers that realize every matrix on the support of their product count as one. *)
Require Import Reals List Bool Arith Lia Lra.
From Semialg Require Import Statement Curve Minor Instance FullSpace TwoRows CheckInstance Layers.
Import ListNotations.
Open Scope R_scope.

(* The support of the product of two layers. *)
Definition support (M N : mask) : mask :=
  let t := tab (nrows M) (ncols N) (fun i j => existsb (fun k => allows M i k && allows N k j) (seq 0 (ncols M))) in
  Mask (nrows M) (ncols N) (fun i j => ent false t i j).
Lemma support_ok M N i j k : (k < ncols M)%nat -> allows (support M N) i j = false -> allows M i k = true -> allows N k j = false.
Proof. intros Hk H Ha. destruct (allows N k j) eqn:E0; auto. rewrite <- H. symmetry. unfold allows at 1. unfold support.
  cbn [nrows ncols one]. pose proof (allows_lt _ _ _ Ha) as [Hi _]. pose proof (allows_lt _ _ _ E0) as [_ Hj].
  apply Nat.ltb_lt in Hi, Hj. rewrite ent_tab, Hi, Hj. cbn [andb]. apply existsb_exists. exists k. rewrite in_seq, Ha, E0. split; auto; lia. Qed.
Lemma product_supported M N W B : supported M W -> supported N B -> supported (support M N) (times (ncols M) W B).
Proof. intros HW HB i j Ha. apply sum_0. intros k Hk. destruct (allows M i k) eqn:E0.
  - rewrite (HB k j), Rmult_0_r; auto. eapply support_ok; eauto.
  - rewrite HW, Rmult_0_l; auto. Qed.

(* Steps fill and split only, down to no unit: what they leave observed must lie off the target mask. *)
Fixpoint check_realizes (m n : nat) (P : mask) (o : obsv) (us : list rect) (p : instance_proof) : bool :=
  match p with
  | Done => match us with [] => every m n (fun i j => negb (o i j) || negb (allows P i j)) | _ => false end
  | Fill sel p => match takes sel us with
      | None => false
      | Some (s, rest) =>
          every m n (fun i j => negb (o i j) || negb (existsb (fun u => inside u i j) (map fst s)) || existsb (fun v => on (fst v) (snd v) i j) s)
          && check_realizes m n P (cut m n (freed o (map fst s))) rest p
      end
  | SplitUnit k R1 C1 R2 C2 p => match take k us with
      | None => false
      | Some (u, rest) =>
          incl' R1 (fst u) && incl' R2 (fst u) && incl' C1 (snd u) && incl' C2 (snd u) && disj R1 R2 && disj C1 C2
          && every m n (fun i j => negb (o i j) || negb (inside u i j) || (inside (R1, C1) i j || inside (R2, C2) i j))
          && check_realizes m n P o ((R1, C1) :: (R2, C2) :: rest) p
      end
  | _ => false
  end.
Lemma check_realizes_ok p m n P A : supported P A -> forall o us, within m n o -> check_realizes m n P o us p = true -> EI o us A.
Proof.
  intros HA. induction p as [|sel p IH|k Ra Ca Rb Cb p IH| | | | | | | | |]; intros o us W H; try discriminate; cbn [check_realizes] in H.
  - destruct us; try discriminate. intros i j Ho. destruct (W _ _ Ho) as [Hi Hj]. pose proof (every_ok _ _ _ H i j Hi Hj) as Q.
    simpl in Q. rewrite Ho in Q. simpl in Q. apply negb_true_iff in Q. apply HA; auto.
  - destruct (takes sel us) as [[s rest]|] eqn:E0; try discriminate. apply andb_prop in H as [H1 H2].
    apply (EI_perm _ _ _ (Permutation.Permutation_sym (takes_perm _ _ _ _ E0))).
    assert (W' : within m n (freed o (map fst s))) by (intros i j Ho; apply andb_prop in Ho as [Ho _]; auto).
    apply fill_member.
    + intros i j Ho Hx. destruct (W _ _ Ho) as [Hi Hj]. pose proof (every_ok _ _ _ H1 i j Hi Hj) as Q. simpl in Q.
      rewrite Ho, Hx in Q. exact Q.
    + apply (EI_obs (cut m n (freed o (map fst s)))). { intros i j. symmetry. apply cut_ok; auto. } apply IH; auto. apply cut_within; auto.
  - destruct (take k us) as [[[Ro Co] rest]|] eqn:E0; try discriminate.
    repeat (apply andb_prop in H as [H ?]). apply (EI_perm _ _ _ (Permutation.Permutation_sym (take_perm _ _ _ _ E0))).
    apply (split_same o Ro Co Ra Ca Rb Cb rest); auto.
    + intros i j Ho Hx. destruct (W _ _ Ho) as [Hi Hj]. match goal with H : every _ _ _ = true |- _ => pose proof (every_ok _ _ _ H i j Hi Hj) as Q end.
      simpl in Q. rewrite Ho, Hx in Q. exact Q.
Qed.
Definition realizes (M N : mask) (p : instance_proof) : bool :=
  let m := nrows M in let n := ncols N in check_realizes m n (support M N) (cut m n (full m n)) (units M N (ncols M)) p.
Lemma full_within m n : within m n (full m n).
Proof. intros i j Ho. apply andb_prop in Ho as [H1 H2]. apply Nat.ltb_lt in H1, H2. auto. Qed.
Lemma realizes_ok M N p A : realizes M N p = true -> supported (support M N) A ->
  exists X Y, supported M X /\ supported N Y /\ forall i j, A i j = times (ncols M) X Y i j.
Proof.
  intros H HA. apply (check_realizes_ok p _ _ _ A HA) in H; [|apply cut_within, full_within].
  apply (EI_obs _ (full (nrows M) (ncols N))) in H; [|intros; symmetry; apply cut_ok, full_within].
  destruct (from_EI _ _ _ _ _ H) as (X & Y & HX & HY & HS). exists X, Y. repeat split; auto. intros i j.
  destruct (full (nrows M) (ncols N) i j) eqn:Ho; [apply HS; auto|].
  assert (Off : allows (support M N) i j = false).
  { destruct (allows (support M N) i j) eqn:E0; auto. apply allows_lt in E0 as [E1 E2]. cbn in E1, E2. unfold full in Ho.
    apply Nat.ltb_lt in E1, E2. rewrite E1, E2 in Ho. discriminate. }
  rewrite (HA _ _ Off). symmetry. apply (product_supported M N X Y); auto.
Qed.

Fixpoint merged (l : nat) (Ms : list mask) : list mask :=
  match Ms, l with
  | M :: N :: Ms', O => support M N :: Ms'
  | M :: Ms', S l' => M :: merged l' Ms'
  | _, _ => []
  end.
Fixpoint check_merge (l : nat) (Ms : list mask) (p : instance_proof) : bool :=
  match Ms, l with
  | M :: N :: _, O => realizes M N p
  | _ :: Ms', S l' => check_merge l' Ms' p
  | _, _ => false
  end.
Lemma merge_same l : forall Ms p, check_merge l Ms p = true -> forall A, E Ms A <-> E (merged l Ms) A.
Proof.
  induction l as [|l IH]; intros Ms p H.
  - destruct Ms as [|M [|N Ms]]; try discriminate. simpl in H. destruct Ms as [|K Ms]; intros A.
    + cbn [merged]. rewrite E_one, E_cons. split.
      * intros (W & B & HW & HB & HA). apply E_one in HB. intros i j Ha. rewrite HA. apply (product_supported M N W B); auto.
      * intros HA. destruct (realizes_ok _ _ _ _ H HA) as (X & Y & HX & HY & HS). exists X, Y. repeat split; auto. apply E_one; auto.
    + cbn [merged]. rewrite !E_cons. split.
      * intros (W & C & HW & HC & HA). apply E_cons in HC as (V & B & HV & HB & HC).
        exists (times (ncols M) W V), B. split; [apply product_supported; auto|]. split; auto. intros i j. rewrite HA. unfold times. cbn [support ncols].
        rewrite (sum_ext _ _ (fun k => W i k * sum (ncols N) (fun l => V k l * B l j))) by (intros; rewrite HC; auto). apply sum_assoc.
      * intros (Q & B & HQ & HB & HA). destruct (realizes_ok _ _ _ _ H HQ) as (X & Y & HX & HY & HS).
        exists X, (times (ncols N) Y B). split; auto. split. { apply E_cons. exists Y, B; auto. }
        intros i j. rewrite HA. unfold times. cbn [support ncols].
        rewrite (sum_ext _ _ (fun l => sum (ncols M) (fun k => X i k * Y k l) * B l j)) by (intros; rewrite HS; auto). symmetry. apply sum_assoc.
  - destruct Ms as [|M Ms]; try discriminate.
    replace (check_merge (S l) (M :: Ms) p) with (check_merge l Ms p) in H by (destruct Ms; auto).
    replace (merged (S l) (M :: Ms)) with (M :: merged l Ms) by (destruct Ms; auto). apply E_congruence.
    + destruct Ms; [destruct l; discriminate|discriminate].
    + destruct Ms as [|N Ms]; [destruct l; discriminate|]. destruct l; destruct Ms; simpl in *; discriminate.
    + exact (IH _ _ H).
Qed.
Theorem merge_closed l Ms p : fits Ms = true -> check_merge l Ms p = true -> weakly_closed (merged l Ms) -> weakly_closed Ms.
Proof. intros Hf H. apply same_weakly_closed; auto. eapply merge_same; eauto. Qed.
