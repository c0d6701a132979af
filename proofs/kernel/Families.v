(* Families: one theorem for all sizes. *)
Require Import Reals List QArith Bool Arith Lia Lra String.
From Semialg Require Import Statement Curve Outside Minor CheckNotClosed TwoRows.
Import ListNotations.
Open Scope nat_scope. Open Scope Q_scope.
Theorem lu_all n : (2 <= n)%nat -> not_closed [lower n; upper n].
Proof.
  intros Hn. apply (minor_ok _ [[0; 1]; [0; 1]; [0; 1]]%nat).
  - simpl. rewrite Nat.eqb_refl. reflexivity.
  - destruct n as [|[|n]]; [lia|lia|].
    cbn [check_minor last]. unfold fine. cbn [forallb nrows ncols lower upper seq].
    repeat (apply andb_true_intro; split); try reflexivity; try (rewrite ?orb_true_r; reflexivity);
    apply forallb_forall; intros k Hk; apply in_seq in Hk; destruct k as [|[|k]]; try lia;
    unfold allows; cbn [one lower Nat.leb]; rewrite ?andb_false_r; reflexivity.
  - destruct n as [|[|n]]; [lia|lia|].
    apply (check_not_closed_ok (Limit [[0; 1]; [1; 0]]
     [(1%nat, [[[0; 1]; []]; [[1]; [-1]]]); (0%nat, [[[0; 1]; [1]]; [[]; [1]]])]
     (Identity [Entry 0 0 [(1, [(false, 0, 1, 0)%nat; (false, 1, 0, 1)%nat])];
                Entry 0 1 [(-1, [(false, 0, 1, 0)%nat; (false, 1, 0, 0)%nat])]; Entry 1 0 [(-1, [])]]))).
    vm_compute; reflexivity.
Qed.

(* Theory N1 for all masks: unit k covers (i1, j1), (i1, j2), (i2, j1) and no other unit does; it covers (i2, j2), and so does
   another unit l. Nothing else of the masks matters, so the theorem speaks of every pattern that agrees there. *)
Open Scope R_scope.
Theorem private_p4 M N i1 i2 j1 j2 k l : fits [M; N] = true -> i1 <> i2 -> j1 <> j2 -> k <> l ->
  allows M i1 k = true -> allows M i2 k = true -> allows N k j1 = true -> allows N k j2 = true ->
  allows M i2 l = true -> allows N l j2 = true ->
  (forall u i j, u <> k -> In (i, j) [(i1, j1); (i1, j2); (i2, j1)] -> allows M i u && allows N u j = false) ->
  not_closed [M; N].
Proof.
  intros Hf Hi Hj Hkl M1 M2 N1 N2 Ml Nl Private. split; auto.
  pose proof (allows_lt _ _ _ M1) as [_ Kn]. pose proof (allows_lt _ _ _ Ml) as [_ Ln].
  apply Nat.eqb_neq in Hi as Hib. apply Nat.eqb_neq in Hj as Hjb. apply not_eq_sym in Hi, Hj. apply Nat.eqb_neq in Hi, Hj.
  set (A := fun i j => if ((i =? i1) && (j =? j2))%nat then 1 else if ((i =? i2) && (j =? j1))%nat then 1 else 0).
  exists A. split.
  - intros eps He. set (t := eps / 2). assert (Ht : 0 < t) by (unfold t; lra).
    set (X := fun i u => if (u =? k)%nat then (if (i =? i1)%nat then 1 else if (i =? i2)%nat then / t else 0)
                         else if (u =? l)%nat then (if (i =? i2)%nat then / t else 0) else 0).
    set (Y := fun u j => if (u =? k)%nat then (if (j =? j1)%nat then t else if (j =? j2)%nat then 1 else 0)
                         else if (u =? l)%nat then (if (j =? j2)%nat then - 1 else 0) else 0).
    assert (HX : supported M X).
    { intros i u Ha. unfold X. destruct (Nat.eqb_spec u k) as [->|].
      - destruct (Nat.eqb_spec i i1) as [->|]; [congruence|]. destruct (Nat.eqb_spec i i2) as [->|]; [congruence|auto].
      - destruct (Nat.eqb_spec u l) as [->|]; auto. destruct (Nat.eqb_spec i i2) as [->|]; [congruence|auto]. }
    assert (HY : supported N Y).
    { intros u j Ha. unfold Y. destruct (Nat.eqb_spec u k) as [->|].
      - destruct (Nat.eqb_spec j j1) as [->|]; [congruence|]. destruct (Nat.eqb_spec j j2) as [->|]; [congruence|auto].
      - destruct (Nat.eqb_spec u l) as [->|]; auto. destruct (Nat.eqb_spec j j2) as [->|]; [congruence|auto]. }
    exists (prod [M; N] [X; Y]). split; [exists [X; Y]; auto|]. intros i j.
    change (prod [M; N] [X; Y] i j) with (sum (ncols M) (fun u => X i u * Y u j)).
    rewrite (sum_ext (ncols M) _ (fun u => 1 * (if (u =? k)%nat then X i k * Y k j else if (u =? l)%nat then X i l * Y l j else 0))).
    2: { intros u _. destruct (Nat.eqb_spec u k) as [->|]; [ring|]. destruct (Nat.eqb_spec u l) as [->|]; [ring|].
         unfold X. apply Nat.eqb_neq in n, n0. rewrite n, n0. ring. }
    rewrite (sum_two (ncols M) k l (fun _ => 1)) by auto. apply Nat.eqb_neq in Hkl as Hlk. rewrite Nat.eqb_sym in Hlk.
    unfold A, X, Y. rewrite !Nat.eqb_refl, Hlk.
    destruct (Nat.eqb_spec i i1) as [->|]; [rewrite Hib|destruct (Nat.eqb_spec i i2) as [->|]];
      (destruct (Nat.eqb_spec j j1) as [->|]; [rewrite Hjb|destruct (Nat.eqb_spec j j2) as [->|]]); cbn [andb];
      match goal with |- Rabs ?x < eps => first [replace x with 0 by (field; lra); rewrite Rabs_R0; lra
        |replace x with (- t) by (field; lra); rewrite Rabs_Ropp, Rabs_right by lra; unfold t; lra] end.
  - intros (Ws & HF & HP). inversion HF as [|? X ? l2 HX HF1]; subst. inversion HF1 as [|? Y ? l3 HY HF2]; subst. inversion HF2; subst.
    assert (One_ : forall i j, In (i, j) [(i1, j1); (i1, j2); (i2, j1)] -> A i j = X i k * Y k j).
    { intros i j Hin. rewrite HP. change (prod [M; N] [X; Y] i j) with (sum (ncols M) (fun u => X i u * Y u j)).
      rewrite (sum_ext (ncols M) _ (fun u => 1 * (if (u =? k)%nat then X i k * Y k j else 0))).
      - rewrite (sum_one (ncols M) k (fun _ => 1)) by auto. ring.
      - intros u _. destruct (Nat.eqb_spec u k) as [->|Hu]; [ring|]. specialize (Private u i j Hu Hin).
        apply andb_false_iff in Private as [P|P]; [rewrite (HX i u P)|rewrite (HY u j P)]; ring. }
    pose proof (One_ i1 j1 ltac:(simpl; auto)) as E1. pose proof (One_ i1 j2 ltac:(simpl; auto)) as E2. pose proof (One_ i2 j1 ltac:(simpl; auto)) as E3.
    unfold A in E1, E2, E3. repeat rewrite Nat.eqb_refl in *. rewrite ?Hib, ?Hjb in E1. rewrite ?Hib, ?Hjb in E2. rewrite ?Hi, ?Hjb in E3. cbn [andb] in *.
    assert (X i1 k * Y k j1 * (X i2 k * Y k j2) = X i1 k * Y k j2 * (X i2 k * Y k j1)) by ring. rewrite <- E1, <- E2, <- E3 in H. rewrite Rmult_0_l in H. lra.
Qed.
