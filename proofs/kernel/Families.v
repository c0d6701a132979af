(* Families: one theorem for all sizes. *)
Require Import Reals List QArith Bool Arith Lia String.
From Semialg Require Import Statement Curve Outside Minor CheckNotClosed Layers.
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

(* Theory N1 with one other unit at the corner, for all masks: rows i0, i1, units k0, k1 and columns j0, j1 that look like LU of size 2, and no other unit on a
   path between them. Nothing else of the masks matters, so the theorem speaks of every pattern that agrees there. *)
Lemma not_closed_same Ms Ms' : fits Ms = true ->
  Forall2 (fun M M' => ncols M = ncols M' /\ forall i j, allows M i j = allows M' i j) Ms Ms' -> not_closed Ms' -> not_closed Ms.
Proof.
  intros Hf H (_ & A & HA & HN). split; auto. exists A.
  assert (H' : Forall2 (fun M M' => ncols M = ncols M' /\ forall i j, allows M i j = allows M' i j) Ms' Ms).
  { clear - H. induction H as [|M M' Ms Ms' [H1 H2] HF IH]; constructor; auto. }
  split.
  - intros eps He. destruct (HA eps He) as (B & HB & Hn). exists B. split; auto. apply (E_same_allows Ms'); auto.
  - intros HE. apply HN. apply (E_same_allows Ms); auto.
Qed.
Theorem private_p4 M N i0 i1 k0 k1 j0 j1 : fits [M; N] = true -> i0 <> i1 -> k0 <> k1 -> j0 <> j1 ->
  allows M i0 k0 = true -> allows M i1 k0 = true -> allows M i1 k1 = true -> allows M i0 k1 = false ->
  allows N k0 j0 = true -> allows N k0 j1 = true -> allows N k1 j1 = true -> allows N k1 j0 = false ->
  (forall i k j, In i [i0; i1] -> In j [j0; j1] -> allows M i k = true -> allows N k j = true -> k = k0 \/ k = k1) ->
  not_closed [M; N].
Proof.
  intros Hf Hi Hk Hj M00 M10 M11 M01 N00 N01 N11 N10 Only.
  pose proof (allows_lt _ _ _ M00) as [I0 K0]. pose proof (allows_lt _ _ _ M11) as [I1 K1].
  pose proof (allows_lt _ _ _ N00) as [_ J0]. pose proof (allows_lt _ _ _ N11) as [_ J1].
  pose proof Hf as Hf'. simpl in Hf'. apply andb_prop in Hf' as [Hf' _]. apply Nat.eqb_eq in Hf'.
  assert (F : forall n a b, (a < n)%nat -> (b < n)%nat -> a <> b -> fine n [a; b] = true).
  { intros n a b Ha Hb Hab. unfold fine. simpl. apply Nat.ltb_lt in Ha, Hb. apply Nat.eqb_neq in Hab. rewrite Ha, Hb, Hab. reflexivity. }
  apply (minor_ok _ [[i0; i1]; [k0; k1]; [j0; j1]]); auto.
  - cbn [check_minor last]. rewrite !F by (auto; rewrite <- Hf'; auto). cbn [andb]. rewrite andb_true_r.
    apply forallb_forall. intros i Hi'. apply forallb_forall. intros k Hk'. apply in_seq in Hk'.
    destruct (allows M i k) eqn:Ea; auto. cbn [negb orb]. unfold reach. rewrite nth_map_seq.
    destruct (k <? nrows N)%nat; auto. cbn [existsb]. destruct (allows N k j0) eqn:E0; [|destruct (allows N k j1) eqn:E1]; simpl; auto.
    + destruct (Only i k j0) as [->| ->]; simpl; auto; rewrite Nat.eqb_refl, ?orb_true_r; auto.
    + destruct (Only i k j1) as [->| ->]; simpl; auto; rewrite Nat.eqb_refl, ?orb_true_r; auto.
  - apply (not_closed_same _ [lower 2; upper 2]); auto.
    + constructor; [|constructor; [|constructor]]; split; auto; intros a b; unfold allows at 1; cbn [submask nrows ncols one List.length];
      destruct a as [|[|a]]; destruct b as [|[|b]]; cbn [Nat.ltb Nat.leb andb nth]; auto; rewrite ?andb_false_r; auto.
    + apply lu_all. lia.
Qed.
