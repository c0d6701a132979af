"""Proofs about networks whose words do not depend on the certificate; proofs/RULES.md has the same arguments.

Paragraphs are separated by line ends, formulas stand between dollars (``words`` reads them).
"""

from __future__ import annotations

__all__ = [
    "BASIC",
    "GOOD",
    "HYPERPLANE",
    "KINKS",
    "LEVEL_SEPARATE",
    "OBSTRUCTED",
    "PAIR",
    "REACHED",
    "UNREACHED",
]

BASIC = (
    "A network with $L$ layers is the function $R(x) = W[L] s(... s(W[1] x + b[1]) ...) + b[L]@R(x) = "
    "W_L\\, s(\\cdots s(W_1 x + b_1) \\cdots) + b_L$, where $s$ is the rectifier $max(0, .)@\\max(0, "
    "\\cdot)$ applied to every entry, and the biases are free. The loss of a data set of points $x[p]@x_p$ "
    "and targets $y[p]@y_p$ is the sum of the squared distances $|R(x[p]) - y[p]|^2@|R(x_p) - y_p|^2$; an "
    "optimum is a choice of weights and biases at which it is least."
)

_POSITIVE = (
    "If all hidden units are positive on a bounded set of inputs, the network is affine there, with the "
    "product of its weights as linear part; and the biases can be chosen so that they are, one layer after "
    "the other, with any constant at the end."
)

_LINEAR = (
    "Without a hidden layer the functions $W x + b$ form a vector space of finite dimension, and so do "
    "their values at finitely many points. Such spaces are closed, and a closed subset of a Euclidean "
    "space has a nearest point to every point. $QED@\\square$"
)

_PARTS = (
    "Join an output and a hidden unit if the output mask allows their connection. Different connected "
    "parts have different parameters and make different outputs."
)

_SEPARATE = (
    f"{_PARTS} So what the network reaches on the data is the product of what its parts reach, and it is "
    "enough to show for each part that this set is closed: a closed set has a nearest point to the "
    "targets. Every part has one output or one hidden unit.\nLet $V[k]@V_k$ be the set of the vectors of "
    "values that unit $k$ can take at the points. For a given set of points at which the unit is not "
    "negative, the others being those at which it is not positive, its weights form a polyhedral cone, and "
    "its values are a linear function of them; a linear image of a polyhedral cone is one. So $V[k]@V_k$ "
    "is a finite union of polyhedral cones; these are closed, and so are sums of two.\nOne output: a "
    "positive factor can be moved from the outer to the inner weights, so outer weights 1, -1 and 0 are "
    "enough. So the reachable set is a finite union of sums of cones $V[k]@V_k$ or their negatives and the "
    "line of constants. It is closed.\nOne unit: the outputs are $x v^T + c 1^T@x v^{\\top} + c\\, "
    "1^{\\top}$ with $v$ in $V[k]@V_k$. Modulo the constants, let $u$ be the class of $v$; the classes "
    "form a finite union of polyhedral cones. Let $x[n] u[n]^T@x_n u_n^{\\top}$ converge to $M$. As "
    "$u[n]@u_n$ may take up a positive factor, the $x[n]@x_n$ have length 1 without loss, and a "
    "subsequence converges, to $x$. Then $u[n]^T = x[n]^T x[n] u[n]^T@u_n^{\\top} = x_n^{\\top} x_n "
    "u_n^{\\top}$ converges to $u^T = x^T M@u^{\\top} = x^{\\top} M$, a class of the same cone, and $M = x "
    "u^T@M = x u^{\\top}$. An output without units reaches the constants. $QED@\\square$"
)

_NESTED = (
    f"{_PARTS} So we may suppose that there is one part. It has one output, or its output mask is full and "
    "the inputs of any two units are disjoint or nested. Then for every set $T$ of units the sums of "
    "products $a[k] w[k]^T@a_k w_k^{\\top}$ over $k$ in $T$ form a closed set $E[T]@E_T$ (all rectangles "
    "have the same rows, so they are disjoint or antitone, theory C3; with one output they form a linear "
    "space).\nLet functions $f[n]@f_n$ of the network tend to $f$ uniformly on the cube; $U$ is its "
    "interior. Scale the inner weights and the bias of each unit to norm 1 or 0, and pass to a subsequence "
    "along which they converge. If the limit vanishes nowhere in $U$, or is constant, the unit is finally "
    "always or never positive on a given compact subset of $U$. The other units fall into groups by the "
    "hyperplane $h$ on which their limit vanishes; with a normal $n[h]@n_h$ fixed, the other limits are "
    "equal or opposite.\nNear a point of $h$ off the other hyperplanes, $f[n]@f_n$ is finally affine on "
    "compact parts of both sides. So the Jacobians converge there, and so does their difference "
    "$J[h](n)@J_h(n)$, the sum of $a[k] w[k]^T@a_k w_k^{\\top}$ over the units of the group that become "
    "positive across $h$ minus the sum over those that cease to be. As $f$ is continuous, the limit "
    "vanishes along $h$: it is $g[h] n[h]^T@g_h n_h^{\\top}$ for some vector $g[h]@g_h$.\nChoose one unit "
    "in each group and let $T$ be the set of the others. Fix a point $z$ of $U$ off the hyperplanes. The "
    "Jacobian near $z$ is the sum over the units that are positive there; replacing the chosen ones by "
    "means of $J[h](n)@J_h(n)$ gives the sum of some $J[h](n)@\\pm J_h(n)$, with signs or zeros, and of an "
    "element of $E[T]@E_T$. This element converges, and its limit lies in $E[T]@E_T$, which is closed.\nSo "
    "a function $g$ of the network has the same jumps and the same Jacobian at $z$ as $f$: the chosen unit "
    "of a group with normal $n[h]@n_h$ or its negative and outer weights $g[h]@g_h$ up to sign, and the "
    "units in $T$ positive on the whole cube. Then $f - g$ has Jacobian zero everywhere and is a constant, "
    "which a bias makes up for. $QED@\\square$"
)

_UNION = "Finitely many patterns belong to the level, and a finite union of closed sets is closed."

_LEVEL_LINEAR = f"{_UNION} For each of them: {_LINEAR[0].lower()}{_LINEAR[1:]}"

_LEVEL_SEPARATE = (
    f"{_UNION} So it is enough to prove the claim for each pattern. A connected part of the output mask "
    "with two outputs and two units needs three ones, two outputs and two units; so here each part has one "
    "output or one hidden unit.\n"
)

_LEVEL_NESTED = (
    f"{_UNION} The functions of a pattern are among those of a pattern with more ones. So only full output "
    "masks matter, and input masks with as many ones as allowed. The inputs of two units cross only if "
    "each has one that the other lacks and they have one in common: this takes two units, three inputs, "
    "four ones and two zeros. So here they are always disjoint or nested.\n"
)

#: The proof of no_optimum.kinks, after what its numbers are.
KINKS = (
    "The loss has the infimum 0. For a small $t > 0$ make unit $k$ the function $s(x - q + t)$ of the "
    "place $x$ on the line, unit $l$ the function $s(x - q - t)$, and every other unit $h$ of the list "
    "$s(x - p[h])@s(x - p_h)$, by weights and biases; all other units are 0. Let output $i[1]@i_1$ be "
    "the difference of the first two divided by $t$, output $i[2]@i_2$ the first, and add each other "
    "unit to its output. As $t$ tends to 0 this tends to the targets.\nIt is not attained. Along the "
    "line every unit is piecewise linear with at most one kink. A kink at $x$ where the slope of an "
    "output jumps by $e$ adds $e max(0, 1 - |x - p|)@e \\max(0, 1 - |x - p|)$ to the second difference "
    "of this output at point $p$. Around each $p[h]@p_h$ the second difference of an output is 1 there,"
    " so some unit of the list, or $k$ or $l$, has its kink less than 1 away. These places are apart, "
    "so all but two of the units are spent, and at most two kinks lie between $q - 2$ and $q + 2$. At "
    "$q - 1$, $q$, $q + 1$ the second differences of output $i[1]@i_1$ are 1, 0, -1, so one of the two "
    "kinks lies left of $q$ and the other right of it. Those of output $i[2]@i_2$ are 0, 1, 0. At $q - "
    "1$ only the first kink contributes, with a positive factor, so it does not change the slope of "
    "output $i[2]@i_2$; nor does the second, by $q + 1$. So the second difference of output $i[2]@i_2$ "
    "at $q$ is 0, and not 1: a contradiction. $QED@\\square$"
)

#: The proof of training.kinks, after what its numbers are.
PAIR = (
    "Take the points $x (1, ..., 1)@x\\,(1, \\ldots, 1)$ with $x = 0, 1, 2, ...@x = 0, 1, 2, \\ldots$, "
    "along which every unit that reads an input can vary, put $q = 2$, and give the other units that "
    "read an input and feed output $i[1]@i_1$ or $i[2]@i_2$ the places $p[h] = 5, 7, 9, ...@p_h = 5, 7,"
    " 9, \\ldots$, each with one of the two outputs that it feeds. The targets are, at the place $x$: "
    "in output $i[1]@i_1$ the number 0, 1, 2 for $x < q$, $x = q$, $x > q$, in output $i[2]@i_2$ the "
    "number $max(0, x - q)@\\max(0, x - q)$, to which the numbers $max(0, x - p[h])@\\max(0, x - p_h)$ "
    "are added in the outputs of the other units; and 0 elsewhere.\n" + KINKS
)

#: Proofs of good answers, by kind of claim and rule.
GOOD = {
    "training": {"linear": _LINEAR, "separate": _SEPARATE, "nested": _NESTED},
    "training_level": {
        "linear": _LEVEL_LINEAR,
        "nested": _LEVEL_NESTED + _NESTED,
    },
}

#: The proof of training_level.separate, by regime.
LEVEL_SEPARATE = {
    "finite_data": _LEVEL_SEPARATE + _SEPARATE,
    "bounded_domain": _LEVEL_SEPARATE + "In a part with one unit the unit feeds every output.\n" + _NESTED,
}

#: What an obstruction means, by regime.
OBSTRUCTED = {
    "finite_data": (
        "Let $A$ be the matrix found above, with zeros in the rows and columns left out if there are any: "
        f"a limit of products $P(t)$ and no product. {_POSITIVE} So the network reaches $P(t) x$ on any "
        "finite data set with targets $A x$, and its loss has the infimum 0.\nTake more points than the "
        "network has linear regions times dimensions, in general position: such that all sets of $n + 1$ "
        "of them are affinely independent. If the loss were 0, then $n + 1$ of them would lie in one "
        "region, and the network would be $A x$ plus a constant there. Its Jacobian there, $A$, is a "
        "product of factors with rows set to zero where a unit is not positive, hence a product for the "
        "masks: a contradiction. So this data set has no optimum. $QED@\\square$"
    ),
    "bounded_domain": (
        "Let $A$ be the matrix found above, with zeros in the rows and columns left out if there are any: "
        f"a limit of products $P(t)$ and no product. {_POSITIVE} So the functions $P(t) x$ on a bounded "
        "set are functions of the network, and they tend to $A x$ uniformly.\nSuppose that $A x$ is a "
        "function of the network on a set with an interior point. Finitely many sets, on each of which the "
        "same hidden units are positive, cover the set, so one of them is dense in a ball. The network is "
        "affine on it, and by continuity its Jacobian there is $A$; it is a product of factors with rows "
        "set to zero where a unit is not positive, hence a product for the masks: a contradiction. "
        "$QED@\\square$"
    ),
}

_INFIMUM = (
    f"The infimum is 0: let the products $P(t)$ tend to $A$. {_POSITIVE} So the network reaches $P(t)$ on "
    "the data, in the place of $A$. $QED@\\square$"
)

_COUNTING = (
    "If the loss were 0, consider the network on the inputs that vanish off these columns, and its outputs "
    "in these rows. Units that reach none of the rows do not matter, and units that none of the columns "
    "reaches are constant. Let $n[l]@n_l$ be the number of the other units in hidden layer $l$, counted "
    "from the inputs, and $r[l]@r_l$ the least of $d$, $n[1], ..., n[l-1]@n_1, \\ldots, n_{l-1}$. Among "
    "points with the same units positive in the layers before, those of layer $l$ are $n[l]@n_l$ affine "
    "functions of $r[l]@r_l$ coordinates, whose zeros cut space into at most $binom(n[l],0) + ... + "
    "binom(n[l],r[l])@\\binom{n_l}{0} + \\cdots + \\binom{n_l}{r_l}$ regions (a small shift leaves no "
    "point on them)"
)

_AFFINE = (
    "The network is affine where the same units are positive, and its Jacobian there is a product for the "
    "masks in question. If $d + 1$ affinely independent points have the same units positive, this Jacobian "
    "is $A$: a contradiction."
)

#: Data sets without optimum, by rule.
UNREACHED = {
    "simplex": (
        "The first point is some $x[0]@x_0$; every other one differs from it in one of these columns, each "
        "column once, by $c[j]@c_j$, and its target differs from that of $x[0]@x_0$ by $c[j]@c_j$ times "
        "this column of $A$ (zero in other rows).\nIf the loss were 0, look at the changes of the hidden "
        "units: when column $j$ changes, unit $k$ changes by 0 where the input mask is 0. So these "
        "changes, divided by the $c[j]@c_j$, form a factor for the input mask, and the output weights "
        f"times it are $A$: a contradiction.\n{_INFIMUM}"
    ),
    "slice": (
        "The points are zero outside these columns and have there the powers $(u, u^2, ..., u^d)@(u, u^2, "
        "\\ldots, u^d)$ of different numbers $u$; the targets are $A x$. There are at least $d K + 1$ of "
        f"them.\n{_COUNTING}; on the curve, moreover, each of them changes its sign at most $d$ times, so "
        "there are at most $1 + d n[l]@1 + d\\, n_l$ sets of positive units. In all there are at most $K$, "
        "the product over the layers of the smaller of these numbers. So $d + 1$ points have the same "
        "units positive, and points on this curve are affinely independent (Vandermonde). "
        f"{_AFFINE}\n{_INFIMUM}"
    ),
    "shells": (
        "All points agree outside these columns. A corner is a point and one more for each of these "
        "columns, which differs from it there only; let $d$ be their number. The last $s$ times $d + 1$ "
        "points are $s$ corners, and all points before a corner are in the interior of its convex hull. The "
        "others, the core, are a corner if only one hidden layer is left beside the $s$ next to the outputs; "
        "else they are at least $d K + 1$ points $(u, u^2, ..., u^d)@(u, u^2, \\ldots, u^d)$. Each target "
        "differs from the first, $y[0]@y_0$ at $x[0]@x_0$, by $A (x - x[0])@A (x - x_0)$. In each of the "
        "$s$ hidden layers next to the outputs, the units that join these columns to these rows are as many "
        "as the rank of $A$.\nIf the loss were 0, look at the outputs in these rows, and at the values $h$ "
        "of those units next to the outputs: with their output weights $V$, $V h(x) = A x + const@V h(x) = "
        "A x + \\mathrm{const}$ at all points, because units that these columns do not reach are constant. "
        "Points of a corner differ in all directions, so the columns of $A$ are combinations of those of "
        "$V$. These are as many as the rank of $A$, hence independent, and $h(x) = M x + const@h(x) = M x + "
        "\\mathrm{const}$ with $V M = A$; no row of $M$ is 0. So each $h[k]@h_k$ is an affine function at "
        "the points, not constant, and not negative at the last corner; inside its hull it is positive. At "
        "the points before the last corner, therefore, $h$ is what these units read: $M x + const@M x + "
        "\\mathrm{const}$ is a sum over the next layer, to which the same argument applies. After $s$ "
        "layers the core is left, and $A$ is the product of the weights so far with a matrix $M[s]@M_s$ for "
        "which the values $g$ of the next layer satisfy $U g(x) = M[s] x + const@U g(x) = M_s x + "
        "\\mathrm{const}$ at the core. If this layer is next to the inputs, the changes of $g$ along the "
        "core, divided by the steps, form a factor for the input mask, and $U$ times it is $M[s]@M_s$. "
        "Otherwise the layers that are left show at most $K$ sets of positive units on the curve, so $d + "
        "1$ affinely independent points have the same one, and there $g$ is affine with a product for the "
        "remaining masks as its Jacobian, which $U$ takes to $M[s]@M_s$. Either way $A$ is a product for the "
        f"masks in question: a contradiction.\n{_INFIMUM}"
    ),
    "grid": (
        "The points are zero outside these columns and form there a grid, the product of $d$ sets of at "
        f"least $K + 1$ numbers; the targets are $A x$.\n{_COUNTING}. In all there are at most $K$ sets of "
        "positive units, the product over the layers. If none of them had $d + 1$ affinely independent "
        "points of the grid, the points of each would lie in a hyperplane; it contains at most one point "
        "of each line of the grid in some direction, so at most one in $K + 1$ of all points: $K$ "
        f"hyperplanes do not cover the grid. {_AFFINE}\n{_INFIMUM}"
    ),
}

HYPERPLANE = (
    "For continuous $h$ let $q(h)$ be the integral over $[0, 1]$ minus that over $[-1, 0]$. Then $|q(h)| "
    "<= 2 |h|@|q(h)| \\le 2 \\|h\\|$ for the uniform norm, so $q$ is continuous, and $H$, the set where it "
    "vanishes, is closed. For $h$ in $H$ we have $|q(f)| = |q(f - h)| <= 2 |f - h|@|q(f)| = |q(f - h)| "
    "\\le 2 \\|f - h\\|$, so the distance is at least $|q(f)| / 2@|q(f)| / 2$, which is the number stated "
    "and not 0.\nEquality would require that $f - h$ is constant with opposite signs on the two halves, of "
    "size $|f - h|@\\|f - h\\|$; being continuous at 0 it would vanish there, hence everywhere, and $q(f) "
    "= 0$. So no $h$ is as near as that.\nThe distance is approached: $s[n](x) = max(-1, min(1, n "
    "x))@s_n(x) = \\max(-1, \\min(1, n x))$ has norm 1 and $q(s[n]) = 2 - 1/n@q(s_n) = 2 - 1/n$, and $f - "
    "(q(f) / q(s[n])) s[n]@f - (q(f) / q(s_n))\\, s_n$ is in $H$ and has the distance $|q(f)| / (2 - "
    "1/n)@|q(f)| / (2 - 1/n)$ from $f$. $QED@\\square$"
)

#: Proofs that the outputs which are reached on some points form a closed set, by rule.
REACHED = {
    "separate": _SEPARATE,
    "two_points": (
        "Among the points at most two, $x$ and $x'$, are different. Without a hidden layer the outputs "
        "depend linearly on the parameters. Otherwise the difference of the outputs at $x'$ and $x$ is "
        "any vector supported in the outputs that a path of the masks joins to an input in which the "
        "points differ: make every unit on such a path 0 at $x$ and 1 at $x'$, layer by layer, with one"
        " weight and a bias each, and choose the outer weights; no other output can differ. The output "
        "at $x$ is arbitrary through the biases. So the outputs that are reached form a linear "
        "subspace, which is closed. $QED@\\square$"
    ),
    "interpolation": (
        "The vector $u$ that the certificate gives has different values $v[1] < v[2] < ...@v_1 < v_2 < "
        "\\cdots$ at different points. The listed units read all inputs in which $u$ is not 0, and feed"
        " every output. Let the first be $s(u.x - v[1])@s(u\\cdot x - v_1)$, the second $s(u.x - "
        "v[2])@s(u\\cdot x - v_2)$ and so on; they are enough for all values but the greatest. Each "
        "output takes any value at the first point by its bias, at the second by its weight for the "
        "first unit, and so on. So everything is reached that is equal at equal points, a linear "
        "subspace, which is closed. $QED@\\square$"
    ),
}
