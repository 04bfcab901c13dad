-- Where no STRICT is said, PostgreSQL writes the function into the statement or check that asks for it,
-- which takes a tenth of the time of a call; of nothing these make nothing anyway.
CREATE FUNCTION is_clean_text(value text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN value IS NFC NORMALIZED
    -- control, format and line separator characters
    AND value !~ '[\u0001-\u001F\u007F-\u009F\u00AD\u0600-\u0605\u061C\u06DD\u070F\u0890-\u0891\u08E2\u180E\u200B-\u200F\u2028-\u202E\u2060-\u2064\u2066-\u206F\uFEFF\uFFF9-\uFFFB\U000110BD\U000110CD\U00013430-\U0001343F\U0001BCA0-\U0001BCA3\U0001D173-\U0001D17A\U000E0001\U000E0020-\U000E007F]'
    -- outer white space
    AND value !~ '^[\u0020\u00A0\u1680\u2000-\u200A\u202F\u205F\u3000]'
    AND value !~ '[\u0020\u00A0\u1680\u2000-\u200A\u202F\u205F\u3000]$';

-- The name of the system billing group: in any case and width, in letters of other alphabets that
-- look like its own, and with anything between or around them that is not seen.
CREATE FUNCTION is_unassigned_name(value text) RETURNS boolean
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN 'unassigned' = lower(regexp_replace(
    translate(
        normalize(value, NFKC),
        'АаΑαɑᴀЅѕꜱІіӀӏΙιıɩɪΝոɴԌԍɡցɢЕеΕᴇԀԁᴅՍսυᴜ',
        'aaaaaasssiiiiiiiiinnngggggeeeeddduuuu'
    ),
    '[\s\u0307\u1680\u034F\u115F\u1160\u17B4\u17B5\u180B-\u180F\u2800\uFE00-\uFE0F\U000E0000-\U000E0FFF]',
    '', 'g'
));

-- A cell of a CSV that no spreadsheet takes for a formula. What begins with the guarding sign itself
-- and then as a formula gets another one, so that who reads the cell again knows what to take away.
CREATE FUNCTION harmless_cell(value text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN value ~ '^''*[-=+@\t\r]' THEN '''' || value ELSE value END;
