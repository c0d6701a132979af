(* The checker of whole not_closed certificates. *)
Require Import Reals List Bool Arith QArith.
From Semialg Require Import Statement Curve Outside Minor.
Import ListNotations.
Open Scope R_scope.

Inductive not_closed_proof :=
  | Limit (A : target) (curve : list factor) (o : outside)
  | Minor (ls : list (list nat)) (p : not_closed_proof).          (* rows, hidden layers, columns *)
Fixpoint check_not_closed (Ms : list mask) (p : not_closed_proof) : bool :=
  fits Ms && match p with
  | Limit A Vs o => check_curve Ms Vs A && check_outside Ms A [] [] o
  | Minor ls p => check_minor Ms ls && check_not_closed (minor Ms ls) p
  end.
Theorem check_not_closed_ok p : forall Ms, check_not_closed Ms p = true -> not_closed Ms.
Proof.
  induction p; intros Ms H; simpl in H; apply andb_prop in H as [Hf H]; apply andb_prop in H as [H1 H2].
  - split; auto. exists (tmat A). split. eapply check_curve_ok; eauto. eapply check_outside_ok; eauto.
  - eapply minor_ok; eauto.
Qed.
