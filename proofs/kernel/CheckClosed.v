(* The checker of whole closed certificates. *)
Require Import Reals List Bool Arith Lia.
From Semialg Require Import Statement Curve Minor Instance FullSpace CheckInstance Layers Merge Peel.
Import ListNotations.
Open Scope R_scope.

Inductive closed_proof :=
  | One                                                               (* one layer *)
  | Units (p : instance_proof)                                        (* two layers *)
  | Select (ls : list (list nat)) (p : closed_proof)                  (* rows, hidden layers, columns that stay, reordered *)
  | FlipAll (p : closed_proof)                                        (* the transposed pattern *)
  | MergeLayers (l : nat) (steps : instance_proof) (p : closed_proof)
  | PeelLayer (p : closed_proof).                                       (* the pattern without its first layer *)

Fixpoint check_closed (Ms : list mask) (p : closed_proof) : bool :=
  fits Ms && match p with
  | One => match Ms with [_] => true | _ => false end
  | Units p => match Ms with
      | [M; N] => let m := nrows M in let n := ncols N in check_instance [] [] m n (cut m n (full m n)) (units M N (ncols M)) p
      | _ => false end
  | Select ls p => check_select Ms ls && check_closed (minor Ms ls) p
  | FlipAll p => check_closed (flips Ms) p
  | MergeLayers l steps p => check_merge l Ms steps && check_closed (merged l Ms) p
  | PeelLayer p => check_peel Ms && check_closed (tl Ms) p
  end.

Lemma check_weakly_closed p : forall Ms, check_closed Ms p = true -> weakly_closed Ms.
Proof.
  induction p; intros Ms H; cbn [check_closed] in H; apply andb_prop in H as [Hf H].
  - destruct Ms as [|M [|N Ms]]; try discriminate. apply one_layer_closed.
  - destruct Ms as [|M [|N [|K Ms]]]; try discriminate. cbv zeta in H. apply units_closed; auto.
    apply (cut_closed (nrows M) (ncols N)); [apply full_within|].
    apply (check_instance_ok p (nrows M) (ncols N)); auto. apply cut_within, full_within.
  - apply andb_prop in H as [H1 H2]. apply (select_closed Ms ls); auto.
  - apply flips_closed; auto.
  - apply andb_prop in H as [H1 H2]. apply (merge_closed l Ms steps); auto.
  - apply andb_prop in H as [H1 H2]. apply peel_closed; auto.
Qed.
Theorem check_closed_ok Ms p : check_closed Ms p = true -> closed Ms.
Proof. intros H. apply weakly_closed_closed, (check_weakly_closed p), H. Qed.
