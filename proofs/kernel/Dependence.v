(* Dependence of lines: elimination, and that it passes to limits. *)
Require Import Reals List Bool Arith Lia Lra Permutation.
From Semialg Require Import Statement.
Import ListNotations.
Open Scope R_scope.

Definition lsum (l : list nat) (f : nat -> R) : R := fold_right (fun r acc => f r + acc) 0 l.
Lemma lsum_ext l f g : (forall r, In r l -> f r = g r) -> lsum l f = lsum l g.
Proof. induction l; simpl; intros; auto. rewrite H, IHl; auto. Qed.
Lemma lsum_plus l f g : lsum l (fun r => f r + g r) = lsum l f + lsum l g.
Proof. induction l; simpl. ring. rewrite IHl; ring. Qed.
Lemma lsum_scale l f c : lsum l (fun r => c * f r) = c * lsum l f.
Proof. induction l; simpl. ring. rewrite IHl; ring. Qed.
Lemma lsum_zero l f : (forall r, In r l -> f r = 0) -> lsum l f = 0.
Proof. induction l; simpl; intros; auto. rewrite H, IHl; auto. ring. Qed.
Lemma lsum_perm l l' f : Permutation l l' -> lsum l f = lsum l' f.
Proof. induction 1; simpl; try lra. Qed.
Lemma lsum_le l f g : (forall r, In r l -> f r <= g r) -> lsum l f <= lsum l g.
Proof. induction l; simpl; intros. lra. pose proof (H a (or_introl eq_refl)). specialize (IHl (fun r h => H r (or_intror h))). lra. Qed.
Lemma lsum_abs l f : Rabs (lsum l f) <= lsum l (fun r => Rabs (f r)).
Proof. induction l; simpl. rewrite Rabs_R0; lra. eapply Rle_trans; [apply Rabs_triang|]. lra. Qed.
Lemma lsum_pos l f : (forall r, 0 <= f r) -> 0 <= lsum l f.
Proof. intros H. induction l; simpl. lra. specialize (H a). lra. Qed.
Definition fsum (xs : list (nat -> R)) (F : (nat -> R) -> R) : R := fold_right (fun x acc => F x + acc) 0 xs.
Definition dot (rs : list nat) (c x : nat -> R) : R := lsum rs (fun r => c r * x r).
Definition dependent rs (xs : list (nat -> R)) := exists c, (exists r, In r rs /\ c r <> 0) /\ forall x, In x xs -> dot rs c x = 0.

Lemma zero_or_pivot rs (x : nat -> R) : (forall r, In r rs -> x r = 0) \/ exists p rs', Permutation rs (p :: rs') /\ x p <> 0.
Proof. induction rs as [|a rs IH]. left; simpl; tauto. destruct (Req_dec (x a) 0).
  - destruct IH as [IH|(p & rs' & HP & Hp)]. left. intros r [<-|Hr]; auto.
    right. exists p, (a :: rs'). split; auto. rewrite HP. apply perm_swap.
  - right. exists a, rs. auto. Qed.
Lemma dependent_perm rs rs' xs : Permutation rs rs' -> dependent rs xs -> dependent rs' xs.
Proof. intros HP (c & (r & Hr & Hc) & H). exists c. split. exists r. split; auto. eapply Permutation_in; eauto.
  intros x Hx. unfold dot. rewrite <- (lsum_perm _ _ _ HP). apply H; auto. Qed.
(* elimination with pivot p of x *)
Definition elim (p : nat) (x y : nat -> R) : nat -> R := fun r => y r - y p / x p * x r.
Lemma lift_dependent p rs x xs : ~ In p rs -> x p <> 0 -> dependent rs (map (elim p x) xs) -> dependent (p :: rs) (x :: xs).
Proof.
  intros Hp Hx (c & (r & Hr & Hc) & H).
  set (q := - dot rs c x / x p). exists (fun s => if (s =? p)%nat then q else c s).
  assert (E : forall y, dot rs (fun s => if (s =? p)%nat then q else c s) y = dot rs c y).
  { intros y. unfold dot. apply lsum_ext. intros s Hs. destruct (Nat.eqb_spec s p); auto. subst; tauto. }
  split. { exists r. split; [right; auto|]. destruct (Nat.eqb_spec r p); auto. subst; tauto. }
  intros y [<-|Hy]; unfold dot; simpl; rewrite Nat.eqb_refl; fold (dot rs (fun s => if (s =? p)%nat then q else c s)).
  - change (q * x p + dot rs (fun s => if (s =? p)%nat then q else c s) x = 0). rewrite E. unfold q. field. auto.
  - change (q * y p + dot rs (fun s => if (s =? p)%nat then q else c s) y = 0). rewrite E.
    pose proof (H (elim p x y) (in_map _ _ _ Hy)) as H0. unfold dot, elim in H0.
    rewrite (lsum_ext _ _ (fun r => c r * y r + (- (y p / x p)) * (c r * x r))) in H0 by (intros; ring).
    rewrite lsum_plus, lsum_scale in H0. fold (dot rs c y) (dot rs c x) in H0. unfold q.
    replace (- dot rs c x / x p * y p + dot rs c y) with (dot rs c y + - (y p / x p) * dot rs c x) by (field; auto). exact H0.
Qed.
Lemma too_many xs : forall rs, NoDup rs -> (length xs < length rs)%nat -> dependent rs xs.
Proof.
  remember (length xs) as n. revert xs Heqn. induction n as [|n IH]; intros xs Hn rs Hd Hl.
  - destruct xs; try discriminate. destruct rs as [|r rs]; [simpl in Hl; lia|].
    exists (fun _ => 1). split. exists r. split; [left; auto|lra]. intros x [].
  - destruct xs as [|x xs]; [discriminate|]. injection Hn as Hn. destruct (zero_or_pivot rs x) as [Hz|(p & rs' & HP & Hp)].
    + destruct (IH xs Hn rs Hd ltac:(lia)) as (c & Hc & H). exists c. split; auto. intros y [<-|Hy]; auto.
      apply lsum_zero. intros r Hr. rewrite Hz; auto. ring.
    + apply (dependent_perm (p :: rs')). now apply Permutation_sym. pose proof (Permutation_NoDup HP Hd) as Hd'. inversion Hd'; subst.
      apply lift_dependent; auto. apply IH; auto. rewrite map_length; auto. apply Permutation_length in HP. simpl in HP. lia.
Qed.
(* rows are dependent, or coefficients are bounded by what they do to the columns *)
Lemma dependent_or_bound xs : forall rs, NoDup rs -> dependent rs xs \/
  exists K, 0 <= K /\ forall c, lsum rs (fun r => Rabs (c r)) <= K * fsum xs (fun x => Rabs (dot rs c x)).
Proof.
  remember (length xs) as n. revert xs Heqn. induction n as [|n IH]; intros xs Hn rs Hd.
  - destruct xs; try discriminate. destruct rs as [|r rs]. right; exists 0; split; simpl; intros; lra.
    left. exists (fun _ => 1). split. exists r. split; [left; auto|lra]. intros x [].
  - destruct xs as [|x xs]; [discriminate|]. injection Hn as Hn.
    assert (FP : forall l rs c, 0 <= fsum l (fun x => Rabs (dot rs c x))).
    { intros l rs0 c. induction l; simpl. lra. pose proof (Rabs_pos (dot rs0 c a)). lra. }
    destruct (zero_or_pivot rs x) as [Hz|(p & rs' & HP & Hp)].
    + destruct (IH xs Hn rs Hd) as [(c & Hc & H)|(K & HK & H)].
      * left. exists c. split; auto. intros y [<-|Hy]; auto. apply lsum_zero. intros r Hr. rewrite Hz; auto. ring.
      * right. exists K. split; auto. intros c. eapply Rle_trans; [apply H|]. apply Rmult_le_compat_l; auto. simpl.
        pose proof (Rabs_pos (dot rs c x)). lra.
    + pose proof (Permutation_NoDup HP Hd) as Hd'. inversion Hd'; subst.
      destruct (IH (map (elim p x) xs) ltac:(rewrite map_length; auto) rs' H2) as [HD|(K & HK & H)].
      * left. apply (dependent_perm (p :: rs')). now apply Permutation_sym. apply lift_dependent; auto.
      * right.
        set (m := lsum rs' (fun r => Rabs (x r))). set (b := / Rabs (x p)).
        set (s := fsum xs (fun y => Rabs (y p) * b)).
        assert (Hb : 0 < b) by (apply Rinv_0_lt_compat, Rabs_pos_lt; auto).
        assert (Hm : 0 <= m) by (apply lsum_pos; intros; apply Rabs_pos).
        assert (Hs : 0 <= s). { unfold s. clear - Hb. induction xs; simpl. lra. pose proof (Rabs_pos (a p)).
          pose proof (Rmult_le_pos (Rabs (a p)) b H ltac:(lra)). lra. }
        (* sum over rs' bounded by K (1 + s) S, the pivot by b (1 + m K (1 + s)) S *)
        exists (K * (1 + s) + b * (1 + m * (K * (1 + s)))). split.
        { pose proof (Rmult_le_pos K (1 + s) HK ltac:(lra)). pose proof (Rmult_le_pos m _ Hm H0).
          pose proof (Rmult_le_pos b (1 + m * (K * (1 + s))) ltac:(lra) ltac:(lra)). lra. }
        intros c. rewrite (lsum_perm _ _ _ HP).
        assert (DP : forall y, dot rs c y = dot (p :: rs') c y) by (intros; unfold dot; apply lsum_perm; auto).
        set (S0 := fsum (x :: xs) (fun x0 => Rabs (dot rs c x0))).
        assert (Sx : Rabs (dot rs c x) <= S0). { unfold S0; simpl. pose proof (FP xs rs c). lra. }
        assert (S0p : 0 <= S0) by apply FP.
        assert (Q1 : lsum rs' (fun r => Rabs (c r)) <= K * (1 + s) * S0).
        { eapply Rle_trans; [apply H|]. rewrite Rmult_assoc. apply Rmult_le_compat_l; auto.
          assert (Gen : forall l, fsum (map (elim p x) l) (fun x0 => Rabs (dot rs' c x0)) <=
             fsum l (fun y => Rabs (dot rs c y)) + fsum l (fun y => Rabs (y p) * b) * Rabs (dot rs c x)).
          { induction l as [|y l IHl]; simpl. lra.
            assert (Rabs (dot rs' c (elim p x y)) <= Rabs (dot rs c y) + Rabs (y p) * b * Rabs (dot rs c x)); [|lra].
            replace (dot rs' c (elim p x y)) with (dot rs c y + - (y p * / x p) * dot rs c x).
            - eapply Rle_trans; [apply Rabs_triang|]. rewrite Rabs_mult, Rabs_Ropp, Rabs_mult, Rabs_inv. unfold b. lra.
            - rewrite !DP. unfold dot, elim. simpl.
              rewrite (lsum_ext rs' (fun r => c r * (y r - y p / x p * x r)) (fun r => c r * y r + - (y p * / x p) * (c r * x r))) by (intros; unfold Rdiv; ring).
              rewrite lsum_plus, lsum_scale. field. auto. }
          eapply Rle_trans; [apply Gen|]. fold s. rewrite Rmult_plus_distr_r, Rmult_1_l.
          assert (fsum xs (fun y => Rabs (dot rs c y)) <= S0). { unfold S0; simpl. pose proof (Rabs_pos (dot rs c x)). lra. }
          pose proof (Rmult_le_compat_l s _ _ Hs Sx). lra. }
        assert (Q2 : Rabs (c p) <= b * (1 + m * (K * (1 + s))) * S0).
        { replace (c p) with ((dot rs c x - dot rs' c x) * / x p) by (rewrite DP; unfold dot; simpl; field; auto).
          rewrite Rabs_mult, Rabs_inv. fold b. rewrite Rmult_comm, Rmult_assoc. apply Rmult_le_compat_l; [lra|].
          eapply Rle_trans; [apply Rabs_triang|]. rewrite Rabs_Ropp.
          assert (Rabs (dot rs' c x) <= m * lsum rs' (fun r => Rabs (c r))).
          { unfold dot. eapply Rle_trans; [apply lsum_abs|]. rewrite <- lsum_scale. apply lsum_le. intros r Hr. rewrite Rabs_mult, Rmult_comm.
            apply Rmult_le_compat_r; [apply Rabs_pos|]. unfold m. clear - Hr. induction rs' as [|a l IHl]; [destruct Hr|]. simpl.
            pose proof (lsum_pos l (fun r => Rabs (x r)) ltac:(intros; apply Rabs_pos)). destruct Hr as [<-|Hr]. lra.
            specialize (IHl Hr). pose proof (Rabs_pos (x a)). lra. }
          pose proof (Rmult_le_compat_l m _ _ Hm Q1). lra. }
        simpl. lra.
Qed.
