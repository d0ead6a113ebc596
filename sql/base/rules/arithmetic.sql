-- ---
-- about = "Exact rounding: half away from zero, on whole numbers; no float ever holds money (metrics 10)."
-- ---

-- numerator / denominator to the nearest whole number, halves away from zero; NULL over nothing.
CREATE OR REPLACE TEMP MACRO whole_ratio(numerator, denominator) AS (
    CASE
        WHEN denominator <> 0
            THEN
                sign(numerator) * sign(denominator)
                * ((2 * abs(numerator) + abs(denominator)) // (2 * abs(denominator)))
    END
);

-- numerator / denominator, which is above 0, rounded down; // rounds towards 0.
CREATE OR REPLACE TEMP MACRO floor_ratio(numerator, denominator) AS (
    numerator // denominator - CASE WHEN numerator % denominator < 0 THEN 1 ELSE 0 END
);

CREATE OR REPLACE TEMP MACRO cents(amount) AS (CAST(amount * 100 AS HUGEINT));

-- Cents as money, or hundredths of a percent as a percentage.
CREATE OR REPLACE TEMP MACRO in_hundredths(hundredths) AS (
    CAST(hundredths AS DECIMAL(36, 0)) * CAST(0.01 AS DECIMAL(3, 2))
);

-- Money divided by a number of rows, to 2 decimals.
CREATE OR REPLACE TEMP MACRO money_per(amount, divisor) AS (
    in_hundredths(whole_ratio(cents(amount), CAST(divisor AS HUGEINT)))
);

-- The same for the money of one customer or one sale, which fits 18 digits: many rows are worked out so.
CREATE OR REPLACE TEMP MACRO small_money_per(amount, divisor) AS (
    CAST(
        whole_ratio(CAST(CAST(amount AS DECIMAL(16, 2)) * 100 AS BIGINT), CAST(divisor AS BIGINT)) AS DECIMAL(16, 0)
    ) * CAST(0.01 AS DECIMAL(3, 2))
);

-- What per cent part is of whole, to 2 decimals; both are money or both are counts.
CREATE OR REPLACE TEMP MACRO percent_of(part, total) AS (
    in_hundredths(whole_ratio(cents(part) * 10000, cents(total)))
);

-- Whole days shared among rows, in days to 1 decimal.
CREATE OR REPLACE TEMP MACRO whole_days_per(days, divisor) AS (
    CAST(whole_ratio(CAST(days AS BIGINT) * 10, CAST(divisor AS BIGINT)) AS DECIMAL(16, 0))
    * CAST(0.1 AS DECIMAL(2, 1))
);

-- Microseconds shared among rows, in days of 86,400 seconds, to 1 decimal.
CREATE OR REPLACE TEMP MACRO days_per(microseconds, divisor) AS (
    CAST(whole_ratio(CAST(microseconds AS HUGEINT) * 10, CAST(divisor AS HUGEINT) * 86400000000) AS DECIMAL(36, 0))
    * CAST(0.1 AS DECIMAL(2, 1))
);

-- A figure that is compared before it is rounded, as numerator and denominator.
CREATE OR REPLACE TEMP MACRO exact_figure(figure, kind, numerator, denominator) AS (
    {
        'figure': figure,
        'kind': kind,
        'numerator': CAST(numerator AS HUGEINT),
        'denominator': CAST(denominator AS HUGEINT)
    }
);

-- One such figure less another, over the product of both denominators.
CREATE OR REPLACE TEMP MACRO exact_difference(one, other) AS (
    one.numerator * other.denominator - other.numerator * one.denominator
);

-- Wilson's interval of 95 % of a share, k of n, as its middle and half its width.
CREATE OR REPLACE TEMP MACRO wilson_interval(k, n) AS (
    {
        'middle': (k + 1.959964e0 * 1.959964e0 / 2) / (n + 1.959964e0 * 1.959964e0),
        'half': 1.959964e0 * sqrt(k * (n - k) / CAST(n AS DOUBLE) + 1.959964e0 * 1.959964e0 / 4)
        / (n + 1.959964e0 * 1.959964e0)
    }
);

-- Newcombe's interval of 95 % of the difference of two shares: k of n less other_k of other_n.
CREATE OR REPLACE TEMP MACRO newcombe_interval(k, n, other_k, other_n) AS (
    CASE
        WHEN n > 0 AND other_n > 0
            THEN {
                'low': k / CAST(n AS DOUBLE) - other_k / CAST(other_n AS DOUBLE)
                - sqrt(
                    pow(k / CAST(n AS DOUBLE) - (wilson_interval(k, n).middle - wilson_interval(k, n).half), 2)
                    + pow(
                        wilson_interval(other_k, other_n).middle + wilson_interval(other_k, other_n).half
                        - other_k / CAST(other_n AS DOUBLE),
                        2
                    )
                ),
                'high': k / CAST(n AS DOUBLE) - other_k / CAST(other_n AS DOUBLE)
                + sqrt(
                    pow(wilson_interval(k, n).middle + wilson_interval(k, n).half - k / CAST(n AS DOUBLE), 2)
                    + pow(
                        other_k / CAST(other_n AS DOUBLE)
                        - (wilson_interval(other_k, other_n).middle - wilson_interval(other_k, other_n).half),
                        2
                    )
                )
            }
    END
);
