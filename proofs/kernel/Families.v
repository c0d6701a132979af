(* Families: one theorem for all sizes. *)
Require Import Reals List QArith Bool Arith Lia String.
From Semialg Require Import Statement Curve Outside Minor CheckNotClosed.
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
