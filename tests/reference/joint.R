# The tests of helpers/joint.py and crosstab.py a second time, from the formulas of their papers: base R only, on the made-up answers of answers.csv.
#
#   Rscript tests/reference/joint.R [output]
#
# writes joint.json beside this script, or `output`. tests/test_joint.py compares.

source(file.path(dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)[1])), "write.R"))
output <- c(commandArgs(trailingOnly = TRUE), file.path(folder(), "joint.json"))[1]
d <- read.csv(file.path(folder(), "answers.csv"), na.strings = "", stringsAsFactors = FALSE)
items <- c("a", "b", "c", "d")
now <- as.matrix(d[paste0("now.", items)])
wanted <- as.matrix(d[paste0("wanted.", items)])

# --- two answers ------------------------------------------------------------------------------------------------------

paired <- function(x, y) {
  known <- !is.na(x) & !is.na(y)
  x <- x[known]; y <- y[known]
  b <- sum(x == 1 & y == 0); c <- sum(x == 0 & y == 1)
  both <- sum(x == 1 & y == 1); neither <- sum(x == 0 & y == 0)
  exact <- if (b + c) binom.test(b, b + c, 0.5)$p.value else 1
  table <- matrix(c(both, c, b, neither), 2)
  asymptotic <- suppressWarnings(mcnemar.test(table, correct = FALSE))
  c(list(both = both, b = b, c = c, neither = neither, p = exact,
         statistic = unname(asymptotic$statistic), p_asymptotic = asymptotic$p.value, odds_ratio = b / c),
    newcombe(both, b, c, neither))
}

# Newcombe (1998), Statistics in Medicine 17:2635-2650, method 10. Wilson's limits come from prop.test.
newcombe <- function(e, f, g, h, level = 0.95) {
  n <- e + f + g + h
  wilson <- function(x) suppressWarnings(prop.test(x, n, conf.level = level, correct = FALSE))$conf.int
  p1 <- (e + f) / n; p2 <- (e + g) / n
  w1 <- wilson(e + f); w2 <- wilson(e + g)
  margins <- (e + f) * (g + h) * (e + g) * (f + h)
  over <- e * h - f * g
  phi <- if (margins == 0) 0 else if (over > 0) max(over - n / 2, 0) / sqrt(margins) else over / sqrt(margins)
  dl1 <- p1 - w1[1]; du1 <- w1[2] - p1; dl2 <- p2 - w2[1]; du2 <- w2[2] - p2
  list(difference = p1 - p2,
       low = p1 - p2 - sqrt(dl1^2 - 2 * phi * dl1 * du2 + du2^2),
       high = p1 - p2 + sqrt(du1^2 - 2 * phi * du1 * dl2 + dl2^2))
}

# --- more than two answers --------------------------------------------------------------------------------------------

# Cochran (1950), from totals of columns and rows.
cochran <- function(x) {
  x <- x[complete.cases(x), ]
  k <- ncol(x); t <- colSums(x); u <- rowSums(x)
  q <- (k - 1) * (k * sum(t^2) - sum(t)^2) / (k * sum(u) - sum(u^2))
  list(statistic = q, df = k - 1, p = pchisq(q, k - 1, lower.tail = FALSE), n = nrow(x))
}

# Stuart (1955), Maxwell (1970): all but the last answer, inverse of their covariance.
stuart <- function(x, y, options) {
  t <- table(factor(x, options), factor(y, options))
  difference <- (rowSums(t) - colSums(t))[-length(options)]
  v <- -(t + t(t)); diag(v) <- rowSums(t) + colSums(t) - 2 * diag(t)
  v <- v[-length(options), -length(options)]
  q <- as.numeric(difference %*% solve(v) %*% difference)
  list(statistic = q, df = length(options) - 1, p = pchisq(q, length(options) - 1, lower.tail = FALSE), n = sum(t))
}

# --- multiple-choice questions ----------------------------------------------------------------------------------------

rao_scott <- function(statistic, df, lambda) {
  first <- statistic / mean(lambda)
  squares <- sum(lambda^2)
  list(statistic = statistic, df = df, first = first, p_first = pchisq(first, df, lower.tail = FALSE),
       second = df * statistic / squares, df_second = df^2 / squares,
       p_second = pchisq(df * statistic / squares, df^2 / squares, lower.tail = FALSE))
}

# The modified statistic as a sum of chisq.test's over items, the covariance over all 2^c patterns as in appendix A of
# Bilder and Loughin (2004), with indicators of the groups in place of the first question's items.
mmi <- function(group, x) {
  known <- complete.cases(group, x)
  g <- factor(group[known]); x <- x[known, ]
  n <- length(g); r <- nlevels(g); c <- ncol(x)
  tests <- lapply(seq_len(c), function(j) suppressWarnings(chisq.test(table(g, x[, j]), correct = FALSE)))
  single <- vapply(tests, function(t) unname(t$statistic), 0)
  item_p <- vapply(tests, function(t) t$p.value, 0)
  patterns <- as.matrix(expand.grid(rep(list(0:1), c)))
  key <- function(m) apply(m, 1, paste, collapse = "")
  cells <- table(g, factor(key(x), key(patterns))) / n            # tau, r x 2^c
  tau <- as.vector(t(cells))
  G <- diag(r) %x% t(rep(1, nrow(patterns)))                       # in group i
  H <- t(rep(1, r)) %x% t(patterns)                                # ticked item j
  both <- diag(r) %x% t(patterns)
  pg <- as.vector(G %*% tau); py <- as.vector(H %*% tau)
  F <- both - pg %x% H - G %x% py
  sigma <- F %*% (diag(tau) - tau %o% tau) %*% t(F)
  scale <- pg %x% (py * (1 - py))
  lambda <- Re(eigen(diag(1 / scale) %*% sigma)$values)
  df <- (r - 1) * c
  lambda_df <- lambda[order(-lambda)][seq_len(df)]                 # the others are 0
  c(rao_scott(sum(single), df, lambda_df), list(items = single, item_p = item_p, bonferroni = min(1, c * min(item_p))))
}

spmi <- function(x, y) {
  known <- complete.cases(x, y)
  x <- x[known, ]; y <- y[known, ]
  single <- outer(seq_len(ncol(x)), seq_len(ncol(y)), Vectorize(function(i, j)
    unname(suppressWarnings(chisq.test(table(x[, i], y[, j]), correct = FALSE))$statistic)))
  products <- do.call(cbind, lapply(seq_len(ncol(x)), function(i) (x[, i] - mean(x[, i])) * sweep(y, 2, colMeans(y))))
  n <- nrow(x)
  sigma <- crossprod(sweep(products, 2, colMeans(products))) / n
  px <- colMeans(x); py <- colMeans(y)
  lambda <- Re(eigen(diag(1 / ((px * (1 - px)) %x% (py * (1 - py)))) %*% sigma)$values)
  c(rao_scott(sum(single), length(single), lambda), list(items = as.vector(t(single))))
}

# The bootstrap, row by row: groups and item vectors drawn independently.
bootstrap <- function(group, x, B = 4000) {
  known <- complete.cases(group, x)
  g <- factor(group[known]); x <- x[known, ]
  n <- length(g)
  statistic <- function(g, x) {
    total <- tabulate(g, nlevels(g))
    sum(vapply(seq_len(ncol(x)), function(j) {
      m <- sum(x[, j])
      if (m == 0 || m == n) return(0)
      expected <- total * m / n
      cells <- ((tapply(x[, j], g, sum, default = 0) - expected)^2 / (expected * (1 - m / n)))[total > 0]
      sum(cells)
    }, 0))
  }
  observed <- statistic(g, x)
  set.seed(1)
  drawn <- replicate(B, statistic(g[sample(n, replace = TRUE)], x[sample(n, replace = TRUE), , drop = FALSE]))
  mean(drawn >= observed)
}

# Klingenberg and Agresti (2006), formula of the score statistic.
homogeneity <- function(x, y) {
  known <- complete.cases(x, y)
  moves <- x[known, ] - y[known, ]
  d <- colSums(moves)
  w <- as.numeric(d %*% solve(crossprod(moves)) %*% d)
  p <- vapply(seq_len(ncol(x)), function(j) paired(x[, j], y[, j])$p, 0)
  set.seed(1)
  drawn <- replicate(4000, {
    s <- colSums(moves * sample(c(-1, 1), nrow(moves), replace = TRUE))
    as.numeric(s %*% solve(crossprod(moves)) %*% s)
  })
  list(statistic = w, df = ncol(x), p = pchisq(w, ncol(x), lower.tail = FALSE), item_p = p, adjusted = p.adjust(p, "holm"),
       permutation = mean(drawn >= w - 1e-9))
}

set.seed(1)
write_json(list(
  made_by = R.version.string,
  paired = do.call(c, lapply(items, function(i) setNames(list(paired(d[[paste0("now.", i)]], d[[paste0("wanted.", i)]])), i))),
  cochran = cochran(now),
  stuart = stuart(d$first, d$second, c("low", "middle", "high")),
  mmi = mmi(d$group, now),
  mmi_bootstrap = bootstrap(d$group, now),
  mmi_weak = mmi(d$group, wanted),
  mmi_weak_bootstrap = bootstrap(d$group, wanted),
  spmi = spmi(now, wanted),
  homogeneity = homogeneity(now, wanted),
  fisher = fisher.test(table(d$group, d$first), workspace = 2e7)$p.value,
  chisq = suppressWarnings(chisq.test(table(d$first, d$second), correct = FALSE))$p.value
), output)
