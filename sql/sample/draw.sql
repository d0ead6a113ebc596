-- Seeded random draws, and the macros that every other sample file uses.
-- Expects the variables seed, customers (a count), until (a DATE) and loyalty (a share); no file here calls random() or now().
CREATE SCHEMA draft;
CREATE SCHEMA public;

-- A number in [0, 1) for a purpose and a key. md5 and not hash(): its values are the same in every version of
-- DuckDB, so the files under sample_data/ keep the same bytes; a draw depends on no other row and on no
-- thread.
CREATE MACRO draw(purpose, key) AS
    CAST('0x' || substr(md5(concat_ws('|', getvariable('seed'), purpose, key)), 1, 8) AS UINTEGER)
    / 4294967296;

CREATE MACRO pick(list, chance) AS list[1 + CAST(floor(chance * len(list)) AS INTEGER)];

-- A list that contains value i weights[i] times: an even pick from it is a weighted choice.
CREATE MACRO weighted(list, weights) AS
    flatten(list_transform(range(1, len(list) + 1), lambda i: list_resize([list[i]], weights[i], list[i])));

-- Ids have the shape of a random (version 4) uuid, as the app's own.
CREATE MACRO shaped_uuid(digest) AS CAST(
    concat(digest[1:8], '-', digest[9:12], '-4', digest[14:16], '-8', digest[18:20], '-', digest[21:32])
        AS UUID
);
CREATE MACRO uuid_of(kind, key) AS shaped_uuid(md5(concat_ws('|', getvariable('seed'), kind, key)));

-- Handmade rows have ids that are easy to search for: 0dd, the table's letter, the case's number.
CREATE MACRO odd_id(letter, number) AS CAST(
    concat('0dd', letter, '0000-0000-4000-8000-', lpad(CAST(number AS VARCHAR), 12, '0')) AS UUID
);
CREATE MACRO branch_id(branch_no) AS CASE WHEN branch_no IS NOT NULL THEN uuid_of('branch', branch_no) END;
CREATE MACRO organization_id(org_no) AS CASE WHEN org_no IS NOT NULL THEN uuid_of('organization', org_no) END;
CREATE MACRO zone_of(org_no) AS CASE WHEN org_no = 2 THEN 'America/Punta_Arenas' ELSE 'America/Santiago' END;

-- The last instant of the data, in local time; later rows exist only where a case wants them.
CREATE MACRO local_end() AS getvariable('until') + TIME '23:59:59.999999';
CREATE MACRO first_day() AS CAST(getvariable('until') - INTERVAL 3 YEAR + INTERVAL 1 DAY AS DATE);

-- Chilean check digit, module 11: weights 2 to 7 from the right, then 2 and 3 again.
CREATE MACRO rut_check(n) AS ['0', 'K', '9', '8', '7', '6', '5', '4', '3', '2', '1'][1 + CAST((
    (n % 10) * 2 + (n // 10 % 10) * 3 + (n // 100 % 10) * 4 + (n // 1000 % 10) * 5 + (n // 10000 % 10) * 6
    + (n // 100000 % 10) * 7 + (n // 1000000 % 10) * 2 + (n // 10000000 % 10) * 3
) % 11 AS INTEGER)];
CREATE MACRO rut_text(n, chance) AS CASE
    WHEN chance < 0.55 THEN concat(replace(format('{:,}', n), ',', '.'), '-', rut_check(n))
    WHEN chance < 0.90 THEN concat(n, '-', rut_check(n))
    ELSE lower(concat(n, rut_check(n)))
END;

-- A person's RUT as the shop wrote it down, or null. RUTs that are not in use yet; a few are of the oldest
-- generation, with seven digits. The ticket of a sale repeats it.
CREATE MACRO rut_number(person_no) AS
    CASE WHEN draw('old rut', person_no) < 0.03 THEN 1000000 ELSE 31000000 END
    + CAST(floor(draw('rut number', person_no) * CASE
        WHEN draw('old rut', person_no) < 0.03 THEN 900000
        ELSE 14000000 END) AS BIGINT);
CREATE MACRO rut_of(person_no) AS
    CASE WHEN draw('rut', person_no) >= 0.14
        THEN rut_text(rut_number(person_no), draw('rut form', person_no)) END;
