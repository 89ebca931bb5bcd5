# Shares and tests of samples drawn in strata and clusters, with R's package survey (Lumley), on the answers of answers.csv.
#
#   Rscript tests/reference/design.R [output]
#
# writes design.json beside this script, or `output`. tests/stats/test_weights.py compares. Every third respondent is of one stratum; every four
# respondents in the order of the file are a cluster (in a stratum of its own name: nested); the population has 1,000.

source(file.path(dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)[1])), "write.R"))
suppressPackageStartupMessages(library(survey))
output <- c(commandArgs(trailingOnly = TRUE), file.path(folder(), "design.json"))[1]
d <- read.csv(file.path(folder(), "answers.csv"), na.strings = "", stringsAsFactors = FALSE)
d$stratum <- seq_len(nrow(d)) %% 3
d$cluster <- (seq_len(nrow(d)) - 1) %/% 4
d$size <- 1000 * ave(d$weight, d$stratum, FUN = sum) / sum(d$weight)
d$all <- 1000
d$first_high <- d$first == "high"; d$second_high <- d$second == "high"

designs <- list(
  strata = function(d) svydesign(ids = ~1, strata = ~stratum, weights = ~weight, data = d),
  clusters = function(d) svydesign(ids = ~cluster, weights = ~weight, data = d),
  both = function(d) svydesign(ids = ~cluster, strata = ~stratum, weights = ~weight, data = d, nest = TRUE),
  population = function(d) svydesign(ids = ~1, weights = ~weight, fpc = ~all, data = d),
  strata_population = function(d) svydesign(ids = ~1, strata = ~stratum, weights = ~weight, fpc = ~size, data = d)
)

of <- function(make) {
  shares <- lapply(c(now.a = "now.a", wanted.b = "wanted.b"), function(name) {
    d$said <- d[[name]]
    among <- subset(make(d), !is.na(said))
    mean <- svymean(~said, among)
    list(value = unname(coef(mean)), error = unname(SE(mean))[1],
         logit = as.numeric(attr(svyciprop(~said, among, method = "logit", level = 0.95), "ci")))
  })
  among <- subset(make(d), !is.na(now.b) & !is.na(second))
  f <- svychisq(~now.b + second, among, statistic = "F")
  d$apart <- as.numeric(d$first_high) - as.numeric(d$second_high)
  difference <- svymean(~apart, subset(make(d), !is.na(apart)))
  score <- c(low = 1, middle = 2, high = 3)
  d$score <- unname(score[d$first])
  scored <- svymean(~score, subset(make(d), !is.na(score)))
  list(shares = shares, degrees = degf(make(d)),
       chisq = list(f = unname(f$statistic), df = unname(f$parameter[1]), df2 = unname(f$parameter[2]), p = unname(f$p.value)),
       difference = list(value = unname(coef(difference)), error = unname(SE(difference))[1]),
       score = list(value = unname(coef(scored)), error = unname(SE(scored))[1]))
}

# Two samples of different respondents: the first hundred rows of the file, and the others, each with its weights.
d$wave <- as.numeric(seq_len(nrow(d)) <= 100)
d$even <- d$weight / ave(d$weight, d$wave) # in each sample a mean of 1
apart <- lapply(c(now.a = "now.a", wanted.b = "wanted.b", first_high = "first_high"), function(name) {
  d$said <- as.numeric(d[[name]])
  t <- svyttest(said ~ wave, subset(svydesign(ids = ~1, strata = ~wave, weights = ~weight, data = d), !is.na(said)))
  of_both <- svydesign(ids = ~1, strata = ~wave, weights = ~even, data = d)
  f <- svychisq(~wave + said, subset(of_both, !is.na(said)), statistic = "F")
  list(difference = unname(t$estimate), statistic = unname(t$statistic), df = unname(t$parameter), p = unname(t$p.value),
       f = unname(f$statistic), df1 = unname(f$parameter[1]), p_f = unname(f$p.value))
})

write_json(c(list(made_by = paste0(R.version.string, ", survey ", packageVersion("survey"))),
             lapply(designs, of), list(two_samples = apart)), output)
