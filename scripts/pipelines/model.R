#!/usr/bin/env Rscript
# The table of a study in R: differences between groups by a linear model.
#   Rscript model.R results.csv "Tb.Th [mm]" [COVARIATE...]
# Prints the mean of each group, then the difference of each group to the first with its 95 % confidence interval.
# Covariates are further columns, such as those that travel from the study's CSV into the results.
arguments <- commandArgs(trailingOnly = TRUE)
if (length(arguments) < 2) stop('usage: model.R results.csv "METRIC [unit]" [COVARIATE...]')
metric <- arguments[2]

table <- read.csv(arguments[1], check.names = FALSE) # the headers stay as they are, with their units
missing <- setdiff(c("group", arguments[-1]), names(table))
if (length(missing)) stop("no column ", paste(missing, collapse = ", "), " in ", arguments[1])
table$group <- factor(table$group, levels = unique(table$group)) # the first in the table is the reference

quoted <- function(names) paste0("`", names, "`")
fit <- lm(reformulate(quoted(c("group", arguments[-(1:2)])), response = as.name(metric)), data = table)

cat(metric, "\n")
print(aggregate(table[metric], table["group"], mean), row.names = FALSE, digits = 7)
difference <- cbind(estimate = coef(fit), confint(fit), p = summary(fit)$coefficients[, 4])
of_groups <- paste0("group", levels(table$group)[-1])
write.csv(signif(difference[of_groups, , drop = FALSE], 7), quote = FALSE)
