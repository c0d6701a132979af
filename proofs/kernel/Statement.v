(* What is claimed. Who trusts Coq reads this file and the line of a theorem, and nothing else. *)
Require Import Reals List Bool Arith NArith String Ascii.
Import ListNotations.
Open Scope R_scope.

(* A mask: its shape, and the entries that may differ from zero. *)
Record mask := Mask { nrows : nat; ncols : nat; one : nat -> nat -> bool }.
Definition allows (M : mask) (i j : nat) : bool :=
  (i <? nrows M)%nat && (j <? ncols M)%nat && one M i j.

(* A matrix has a real number at every (i, j); a factor for a mask vanishes off the mask. *)
Definition mat := nat -> nat -> R.
Definition supported (M : mask) (W : mat) : Prop := forall i j, allows M i j = false -> W i j = 0.

Fixpoint sum (n : nat) (f : nat -> R) : R :=
  match n with O => 0 | S m => sum m f + f m end.

(* The product W_0 W_1 ... W_{L-1}; masks are in product order, the output layer first. *)
Fixpoint prod (Ms : list mask) (Ws : list mat) : mat :=
  match Ms, Ws with
  | M :: Ms', W :: Ws' =>
      match Ms' with
      | [] => W
      | _ => fun i j => sum (ncols M) (fun k => W i k * prod Ms' Ws' k j)
      end
  | _, _ => fun _ _ => 0
  end.

(* The set of products, and limits of its members. *)
Definition E (Ms : list mask) (A : mat) : Prop :=
  exists Ws, Forall2 supported Ms Ws /\ forall i j, A i j = prod Ms Ws i j.
Definition closure (S : mat -> Prop) (A : mat) : Prop :=
  forall eps, 0 < eps -> exists B, S B /\ forall i j, Rabs (A i j - B i j) < eps.

(* Neighbouring masks fit together. *)
Fixpoint fits (Ms : list mask) : bool :=
  match Ms with
  | [] => false
  | M :: Ms' => match Ms' with [] => true | N :: _ => (ncols M =? nrows N)%nat && fits Ms' end
  end.

Definition closed (Ms : list mask) : Prop :=
  fits Ms = true /\ forall A, closure (E Ms) A -> E Ms A.
Definition not_closed (Ms : list mask) : Prop :=
  fits Ms = true /\ exists A, closure (E Ms) A /\ ~ E Ms A.

(* The ReLU network with free biases, its squared loss, and: the loss has infimum 0, not attained. *)
Definition vec := nat -> R.
Fixpoint network (Ms : list mask) (Ws : list mat) (bs : list vec) (x : vec) : vec :=
  match Ms, Ws, bs with
  | M :: Ms', W :: Ws', b :: bs' => fun i =>
      sum (ncols M) (fun k => W i k * match Ms' with [] => x k | _ => Rmax 0 (network Ms' Ws' bs' x k) end) + b i
  | _, _, _ => fun _ => 0
  end.
Definition outputs (Ms : list mask) : nat := match Ms with [] => O | M :: _ => nrows M end.
Definition loss (Ms : list mask) (Ws : list mat) (bs : list vec) (data : list (vec * vec)) : R :=
  fold_right (fun p rest => sum (outputs Ms) (fun i => (network Ms Ws bs (fst p) i - snd p i)²) + rest) 0 data.
Definition parameters (Ms : list mask) (Ws : list mat) (bs : list vec) : Prop :=
  Forall2 supported Ms Ws /\ List.length bs = List.length Ms.
Definition no_optimum (Ms : list mask) (data : list (vec * vec)) : Prop :=
  fits Ms = true /\
  (forall eps, 0 < eps -> exists Ws bs, parameters Ms Ws bs /\ loss Ms Ws bs data < eps) /\
  (forall Ws bs, parameters Ms Ws bs -> loss Ms Ws bs data <> 0).

(* Ways to write a mask: rows as text; rows as numbers (bit j is column j); triangles; ones; I_a x ones(b, c) x I_d. *)
Definition ones (l : list string) : mask :=
  Mask (List.length l) (String.length (hd EmptyString l))
    (fun i j => match String.get j (nth i l EmptyString) with
                | Some c => Ascii.eqb c "1" | None => false end).
Definition bits (m n : nat) (l : list N) : mask := Mask m n (fun i j => N.testbit_nat (nth i l 0%N) j).
Definition lower (n : nat) : mask := Mask n n (fun i j => (j <=? i)%nat).
Definition upper (n : nat) : mask := Mask n n (fun i j => (i <=? j)%nat).
Definition dense (m n : nat) : mask := Mask m n (fun _ _ => true).
Definition kronecker (a b c d : nat) : mask :=
  Mask (a * b * d) (a * c * d) (fun i j => (i / (b * d) =? j / (c * d))%nat && (i mod d =? j mod d)%nat).
