(* A verified checker of proofs that an instance is closed. *)
Require Import Reals List Bool Arith Lia Lra Permutation QArith.
From Semialg Require Import Statement Curve Minor Instance Dependence Cap Product Cluster Antitone FullSpace TwoRows Tree.
Import ListNotations.
Open Scope R_scope.

(* Units are named by their position in the list that the steps before have left. *)
Inductive instance_proof :=
  | Done                                                              (* no unit is left *)
  | Fill (sel : list (nat * line)) (p : instance_proof)               (* each position in the list left by the ones before *)
  | SplitUnit (k : nat) (R1 C1 R2 C2 : list nat) (p : instance_proof) (* the two parts replace the unit, in front *)
  | CapRow (d : nat) (ks : list nat) (p : instance_proof)             (* row d goes, rows ks like it stay *)
  | Flip (p : instance_proof)                                         (* rows and columns exchanged *)
  | PeelUnit (k : nat) (p : instance_proof)
  | Product (ks : list nat) (p q : instance_proof)                    (* units ks, then the others; positions as in Fill *)
  | FullSpace (X : list (list Q)) (Y : list (list (list Q)))
  | TwoRows (a b : nat) (columns : list column)
  | RowMinor (i : nat) (p q : instance_proof)                         (* closed without row i; then the rest, which may use it *)
  | ColumnMinor (j : nat) (p q : instance_proof)
  | Tree (p : node).
Fixpoint takes (sel : list (nat * line)) (us : list rect) : option (list (rect * line) * list rect) :=
  match sel with
  | [] => Some ([], us)
  | (k, l) :: sel' => match take k us with
      | Some (u, r) => match takes sel' r with Some (s, r') => Some ((u, l) :: s, r') | None => None end
      | None => None end
  end.
Definition every (m n : nat) (P : nat -> nat -> bool) : bool :=
  forallb (fun i => forallb (P i) (seq 0 n)) (seq 0 m).
Definition cut (m n : nat) (o : obsv) : obsv := let t := tab m n o in fun i j => ent false t i j.

(* rows, cols: lines without which the instance has been proved closed *)
Fixpoint check_instance (rows cols : list nat) (m n : nat) (o : obsv) (us : list rect) (p : instance_proof) : bool :=
  match p with
  | Done => match us with [] => true | _ => false end
  | Flip p => check_instance [] [] n m (cut n m (fun i j => o j i)) (map swap us) p
  | Fill sel p => match takes sel us with
      | None => false
      | Some (s, rest) =>
          every m n (fun i j => negb (o i j) || negb (existsb (fun u => inside u i j) (map fst s)) || existsb (fun v => on (fst v) (snd v) i j) s)
          && check_instance [] [] m n (cut m n (freed o (map fst s))) rest p
      end
  | SplitUnit k R1 C1 R2 C2 p => match take k us with
      | None => false
      | Some (u, rest) =>
          incl' R1 (fst u) && incl' R2 (fst u) && incl' C1 (snd u) && incl' C2 (snd u) && disj R1 R2 && disj C1 C2
          && every m n (fun i j => negb (o i j) || negb (inside u i j) || (inside (R1, C1) i j || inside (R2, C2) i j))
          && check_instance [] [] m n o ((R1, C1) :: (R2, C2) :: rest) p
      end
  | CapRow d ks p =>
      negb (mem d ks) && nodup ks && forallb (fun k => forallb (fun j => Bool.eqb (o k j) (o d j)) (seq 0 n)) ks
      && forallb (fun k => forallb (fun u => Bool.eqb (mem k (fst u)) (mem d (fst u))) us) ks
      && (length (filter (fun u => mem d (fst u)) us) <=? length ks)%nat
      && check_instance [] [] m n (cut m n (without o d)) us p
  | PeelUnit k p => match take k us with
      | None => false
      | Some (u, rest) =>
          forallb (fun i => forallb (fun j => o i j) (snd u)) (fst u)
          && forallb (fun v => apart u v || above u v) rest && check_instance [] [] m n o rest p
      end
  | Product ks p q => match takes (map (fun k => (k, Row 0)) ks) us with
      | None => false
      | Some (s, rest) => let part := map fst s in
          every m n (fun i j => negb (o i j) || negb (covered part i j && covered rest i j))
          && check_instance [] [] m n o part p && check_instance [] [] m n o rest q
      end
  | FullSpace X Y => check_full m n o us X Y
  | TwoRows a b columns => check_two_rows m n o us a b columns
  | RowMinor i p q => check_instance [] [] m n (cut m n (without o i)) us p && check_instance (i :: rows) cols m n o us q
  | ColumnMinor j p q => check_instance [] [] m n (cut m n (without_column o j)) us p && check_instance rows (j :: cols) m n o us q
  | Tree p => check_node rows cols m n o us (root us) p
  end.

Definition within (m n : nat) (o : obsv) := forall i j, o i j = true -> (i < m)%nat /\ (j < n)%nat.
Lemma takes_perm sel : forall us s r, takes sel us = Some (s, r) -> Permutation us (map fst s ++ r).
Proof. induction sel as [|[k l] sel IH]; simpl; intros us s r. intros [= <- <-]; auto.
  destruct (take k us) as [[u q]|] eqn:E; try discriminate. destruct (takes sel q) as [[s' r']|] eqn:E'; try discriminate.
  intros [= <- <-]. simpl. apply take_perm in E. apply IH in E'. rewrite E. constructor. auto. Qed.
Lemma every_ok m n P : every m n P = true -> forall i j, (i < m)%nat -> (j < n)%nat -> P i j = true.
Proof. unfold every. rewrite forallb_forall. intros H i j Hi Hj. specialize (H i). rewrite in_seq in H. specialize (H ltac:(lia)).
  rewrite forallb_forall in H. apply H. rewrite in_seq. lia. Qed.
Lemma cut_ok m n o i j : within m n o -> cut m n o i j = o i j.
Proof. intros H. unfold cut. rewrite ent_tab. destruct (o i j) eqn:E.
  - apply H in E as [E1 E2]. apply Nat.ltb_lt in E1, E2. rewrite E1, E2. auto.
  - destruct ((i <? m) && (j <? n))%nat; auto. Qed.
Lemma cut_closed m n o us : within m n o -> closedI (cut m n o) us -> closedI o us.
Proof. intros H Hc A HA. apply (EI_obs (cut m n o)). intros. rewrite cut_ok; auto. apply Hc. near HA eps B HB HN. exists B. split. apply (EI_obs o); auto. intros. rewrite cut_ok; auto.
  intros i j Ho. rewrite cut_ok in Ho; auto. Qed.
Lemma cut_within m n o : within m n o -> within m n (cut m n o).
Proof. intros H i j Ho. rewrite cut_ok in Ho; auto. Qed.
Lemma nodup_ok l : nodup l = true -> NoDup l.
Proof. induction l; simpl; constructor; apply andb_prop in H as [H1 H2]; auto. rewrite <- mem_in. apply negb_true_iff in H1. congruence. Qed.

Lemma check_instance_sound p : forall rows cols m n o us, within m n o ->
  (forall i, mem i rows = true -> closedI (without o i) us) -> (forall j, mem j cols = true -> closedI (without_column o j) us) ->
  check_instance rows cols m n o us p = true -> closedI o us.
Proof.
  induction p as [|sel p IH|k Ra Ca Rb Cb p IH|d ks p IH|p IH|k p IH|ks p IHp q IHq|X Y|a b columns|i p IHp q IHq|j p IHp q IHq|p]; intros rows cols m n o us W HR HC H; cbn [check_instance] in H.
  - (* Done *) destruct us; try discriminate. intros A HA i j Ho. apply (limit_uncovered o [] A HA); auto.
  - (* Fill *) destruct (takes sel us) as [[s rest]|] eqn:E; try discriminate. apply andb_prop in H as [H1 H2].
    apply (perm_closed _ _ _ (takes_perm _ _ _ _ E)).
    assert (W' : within m n (freed o (map fst s))) by (intros i j Ho; apply andb_prop in Ho as [Ho _]; auto).
    apply fill_closed.
    + intros i j Ho Hx. destruct (W _ _ Ho) as [Hi Hj]. pose proof (every_ok _ _ _ H1 i j Hi Hj) as P. simpl in P.
      rewrite Ho, Hx in P. exact P.
    + apply (cut_closed m n); auto. apply (IH [] [] m n); auto; try discriminate. apply cut_within; auto.
  - (* SplitUnit *) destruct (take k us) as [[[R C] rest]|] eqn:E; try discriminate.
    repeat (apply andb_prop in H as [H ?]). apply (perm_closed _ _ _ (take_perm _ _ _ _ E)).
    apply (same_closed o ((R, C) :: rest) ((Ra, Ca) :: (Rb, Cb) :: rest)); [apply split_same; auto|].
    + intros i j Ho Hx. destruct (W _ _ Ho) as [Hi Hj]. pose proof (every_ok _ _ _ H1 i j Hi Hj) as P. simpl in P.
      rewrite Ho, Hx in P. exact P.
    + apply (IH [] [] m n); auto; try discriminate.
  - (* CapRow *) repeat (apply andb_prop in H as [H ?]). apply Nat.leb_le in H1. rewrite forallb_forall in H2, H3.
    assert (W' : within m n (without o d)) by (intros i j Ho; apply andb_prop in Ho as [Ho _]; auto).
    apply (cap_closed n o us d ks); auto.
    + intros i j Ho. apply W in Ho. tauto.
    + rewrite <- mem_in. apply negb_true_iff in H. congruence.
    + apply nodup_ok; auto.
    + intros k j Hk. destruct (le_lt_dec n j) as [Hj|Hj].
      { destruct (o k j) eqn:E1. apply W in E1; lia. destruct (o d j) eqn:E2; auto. apply W in E2; lia. }
      specialize (H3 _ Hk). rewrite forallb_forall in H3. apply eqb_prop, H3. rewrite in_seq; lia.
    + intros k u Hk Hu. specialize (H2 _ Hk). rewrite forallb_forall in H2. apply eqb_prop, H2; auto.
    + apply (cut_closed m n); auto. apply (IH [] [] m n); auto; try discriminate. apply cut_within; auto.
  - (* Flip *) assert (W' : within n m (fun i j => o j i)) by (intros i j Ho; apply W in Ho; tauto).
    apply transpose_closed. apply (cut_closed n m); auto. apply (IH [] [] n m); auto; try discriminate. apply cut_within; auto.
  - (* PeelUnit *) destruct (take k us) as [[u rest]|] eqn:E; try discriminate.
    apply andb_prop in H as [H H2]. apply andb_prop in H as [H1 H3].
    apply (perm_closed _ _ _ (take_perm _ _ _ _ E)). apply peel_unit_closed; auto.
    + intros i j Hi Hj. rewrite mem_in in Hi, Hj. rewrite forallb_forall in H1. specialize (H1 i Hi). rewrite forallb_forall in H1. auto.
    + apply (IH [] [] m n); auto; try discriminate.
  - (* Product *) destruct (takes _ us) as [[s rest]|] eqn:E; try discriminate. cbv zeta in H.
    apply andb_prop in H as [H H2]. apply andb_prop in H as [H1 H3].
    apply (perm_closed _ _ _ (takes_perm _ _ _ _ E)). apply product_closed.
    + intros i j Ho. destruct (W _ _ Ho) as [Hi Hj]. pose proof (every_ok _ _ _ H1 i j Hi Hj) as P. simpl in P.
      rewrite Ho in P. simpl in P. apply negb_true_iff in P. exact P.
    + apply (IHp [] [] m n); auto; try discriminate.
    + apply (IHq [] [] m n); auto; try discriminate.
  - (* FullSpace *) apply (full_closed m n o us X Y); auto.
  - (* TwoRows *) apply (two_rows_closed m n o us a b columns); auto.
  - (* RowMinor *) apply andb_prop in H as [H1 H2]. apply (IHq (i :: rows) cols m n); auto. intros k Hk. cbn in Hk. apply orb_prop in Hk as [Hk|Hk]; auto.
    apply Nat.eqb_eq in Hk. subst k. assert (W' : within m n (without o i)) by (intros k l Ho; apply andb_prop in Ho as [Ho _]; auto).
    apply (cut_closed m n); auto. apply (IHp [] [] m n); auto; try discriminate. apply cut_within; auto.
  - (* ColumnMinor *) apply andb_prop in H as [H1 H2]. apply (IHq rows (j :: cols) m n); auto. intros k Hk. cbn in Hk. apply orb_prop in Hk as [Hk|Hk]; auto.
    apply Nat.eqb_eq in Hk. subst k. assert (W' : within m n (without_column o j)) by (intros k l Ho; apply andb_prop in Ho as [Ho _]; auto).
    apply (cut_closed m n); auto. apply (IHp [] [] m n); auto; try discriminate. apply cut_within; auto.
  - (* Tree *) apply (tree_closed rows cols m n o us p); auto.
Qed.
Theorem check_instance_ok p m n o us : within m n o -> check_instance [] [] m n o us p = true -> closedI o us.
Proof. intros W. apply (check_instance_sound p [] [] m n o us W); discriminate. Qed.
