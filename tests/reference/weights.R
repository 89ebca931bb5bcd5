# Weighted shares with R's package survey (Lumley), on the made-up answers of answers.csv.
#
#   Rscript tests/reference/weights.R [output]
#
# writes weights.json beside this script, or `output`. tests/test_weights.py compares.

source(file.path(dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)[1])), "write.R"))
suppressPackageStartupMessages(library(survey))
output <- c(commandArgs(trailingOnly = TRUE), file.path(folder(), "weights.json"))[1]
d <- read.csv(file.path(folder(), "answers.csv"), na.strings = "", stringsAsFactors = FALSE)
design <- svydesign(ids = ~1, weights = ~weight, data = d)

# A share among those to whom the question was put, with R's own two intervals at two levels.
one <- function(name) {
  d$said <- d[[name]]
  among <- subset(svydesign(ids = ~1, weights = ~weight, data = d), !is.na(said))
  mean <- svymean(~said, among)
  limits <- function(method, level) as.numeric(attr(svyciprop(~said, among, method = method, level = level), "ci"))
  p <- unname(coef(mean)); variance <- as.numeric(vcov(mean))
  effective <- p * (1 - p) / variance
  wilson <- function(level) {                       # Wilson's limits on the effective sample size, solved numerically
    z <- qnorm(1 - (1 - level) / 2)
    f <- function(q) (p - q)^2 - z^2 * q * (1 - q) / effective
    c(uniroot(f, c(0, p), tol = 1e-13)$root, uniroot(f, c(p, 1), tol = 1e-13)$root)
  }
  list(value = p, error = sqrt(variance), n = sum(!is.na(d$said)), n_effective = effective,
       logit = limits("logit", 0.95), beta = limits("beta", 0.95), wilson = wilson(0.95),
       logit_90 = limits("logit", 0.90), beta_90 = limits("beta", 0.90), wilson_90 = wilson(0.90))
}

two <- function(first, second) {
  d$x <- d[[first]]; d$y <- d[[second]]
  among <- subset(svydesign(ids = ~1, weights = ~weight, data = d), !is.na(x) & !is.na(y))
  f <- svychisq(~x + y, among, statistic = "F")
  chisq <- svychisq(~x + y, among, statistic = "Chisq")
  list(f = unname(f$statistic), df = unname(f$parameter[1]), df2 = unname(f$parameter[2]), p = unname(f$p.value),
       statistic = unname(chisq$statistic), p_first = unname(chisq$p.value))
}

names <- c("now.a", "now.b", "now.c", "now.d", "wanted.a", "wanted.b", "wanted.c", "wanted.d")
write_json(list(
  made_by = paste0(R.version.string, ", survey ", packageVersion("survey")),
  shares = setNames(lapply(names, one), names),
  tests = list(group_first = two("group", "first"), first_second = two("first", "second"),
               group_a = two("group", "now.a")),
  kish = sum(d$weight)^2 / sum(d$weight^2),
  totals = as.list(sapply(split(d$weight, d$group), sum))
), output)
