(set-logic QF_NRA)
(declare-const x Real)(declare-fun y () Real)
(assert (let ((a (* x y))) (or (> a 1.5) (= (+ a x) (- 2)))))
(check-sat)
