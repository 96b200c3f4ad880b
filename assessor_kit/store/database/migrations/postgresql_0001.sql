-- Who may read and write what on a server. Staff own the tables; each assessor signs in with a role of their own, which owns nothing.
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'assessor_kit_assessors') THEN
        CREATE ROLE assessor_kit_assessors NOLOGIN;
    END IF;
END $$
--;
CREATE FUNCTION current_assessor() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = @SCHEMA@, pg_temp
AS $$ SELECT assessor_id FROM assessor_roles WHERE role_name = session_user $$
--;
-- The server itself links the chain, in the order in which transactions lock the row of the head.
CREATE FUNCTION link_event() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = @SCHEMA@, pg_temp AS $$
DECLARE head log_head;
BEGIN
    SELECT * INTO STRICT head FROM log_head WHERE log = 'judgement_events' FOR UPDATE;
    NEW.seq := head.seq + 1;
    NEW.previous_hash := head.hash;
    NEW.hash := encode(sha256(convert_to(NEW.previous_hash || '|' || NEW.seq || '|' || NEW.digest, 'UTF8')), 'hex');
    UPDATE log_head SET seq = NEW.seq, hash = NEW.hash WHERE log = 'judgement_events';
    RETURN NEW;
END $$
--;
CREATE TRIGGER judgement_events_are_linked BEFORE INSERT ON judgement_events FOR EACH ROW EXECUTE FUNCTION link_event()
--;
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the judgement log is append-only'; END $$
--;
CREATE TRIGGER judgement_events_are_not_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON judgement_events
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
--;
CREATE VIEW current_judgements WITH (security_invoker = true) AS
SELECT * FROM judgement_events AS event
WHERE kind = 'judgement' AND NOT EXISTS (
    SELECT 1 FROM judgement_events AS later
    WHERE later.return_id = event.return_id AND later.assessor_id = event.assessor_id AND later.kind = event.kind
      AND (later.version > event.version OR (later.version = event.version AND later.origin > event.origin)))
--;
-- Whether a return is marked twice and both markings are submitted. Everybody may know that, but not what was submitted.
CREATE FUNCTION markings_complete(wanted text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = @SCHEMA@, pg_temp AS $$
    SELECT count(*) >= 2 AND count(*) = count(event.seq)
    FROM allocations LEFT JOIN current_judgements AS event
      ON event.return_id = allocations.return_id AND event.assessor_id = allocations.assessor_id AND event.state = 'submitted'
    WHERE allocations.return_id = wanted
$$
--;
-- Staff sign in as the owner of the tables, or with a role that is a member of the owner.
CREATE FUNCTION signed_in_as_staff() RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = @SCHEMA@, pg_temp
AS $$ SELECT pg_has_role(session_user, current_user, 'MEMBER') $$
--;
-- The field of work of a return's member, and nothing else about the member, for staff and for the assessors of the return.
CREATE FUNCTION field_of(wanted text) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = @SCHEMA@, pg_temp AS $$
    SELECT register.discipline FROM returns JOIN register ON register.member_no = returns.member_no
    WHERE returns.return_id = wanted AND (signed_in_as_staff() OR EXISTS (
        SELECT 1 FROM allocations WHERE allocations.return_id = wanted AND allocations.assessor_id = current_assessor()))
$$
--;
CREATE VIEW returns_to_assess WITH (security_invoker = true) AS
SELECT return_id, pseudonym, cpd_year, declared_minutes, received_at, parked, COALESCE(field_of(return_id), '') AS discipline
FROM returns WHERE pseudonym <> ''
--;
-- A line that an assessor's own connection writes has the server's time and names its transaction.
CREATE FUNCTION note_transaction() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = @SCHEMA@, pg_temp AS $$
BEGIN
    IF NOT signed_in_as_staff() THEN
        NEW.accessed_at := timezone('UTC', clock_timestamp());
        NEW.written_in := pg_current_xact_id()::text;
    END IF;
    RETURN NEW;
END $$
--;
CREATE TRIGGER access_log_is_timed BEFORE INSERT ON access_log FOR EACH ROW EXECUTE FUNCTION note_transaction()
--;
-- What members wrote, unmasked: only after the access was logged in an earlier transaction, which can no longer be rolled back.
CREATE FUNCTION texts_as_written(wanted text) RETURNS TABLE (activity_no integer, title text, learning text, reflection text, evidence text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = @SCHEMA@, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM allocations AS mine WHERE mine.return_id = wanted AND mine.assessor_id = current_assessor())
       OR NOT EXISTS (SELECT 1 FROM access_log AS noted WHERE noted.return_id = wanted AND noted.who = current_assessor() AND noted.what = 'unmasked'
                      AND noted.accessed_at > timezone('UTC', clock_timestamp()) - interval '1 minute'
                      AND noted.written_in IS DISTINCT FROM pg_current_xact_id_if_assigned()::text) THEN
        RAISE EXCEPTION 'what members wrote is shown after it was noted in the access log' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN QUERY SELECT line.activity_no, line.title, line.learning, line.reflection, line.evidence
                 FROM activities AS line WHERE line.return_id = wanted ORDER BY line.activity_no;
END $$
--;
INSERT INTO log_head (log, seq, hash) VALUES ('judgement_events', 0, repeat('0', 64))
--;
-- Every table is closed, even to its owner, except where a policy opens it.
DO $$ DECLARE name text; BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND tablename <> 'alembic_version' LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY staff ON %I TO CURRENT_USER USING (true) WITH CHECK (true)', name);
    END LOOP;
END $$
--;
DO $$ BEGIN EXECUTE format('GRANT USAGE ON SCHEMA %I TO assessor_kit_assessors', current_schema()); END $$
--;
-- Members' own words are granted only as the copies in shown_rows; of the lines themselves, only what a reading is checked against.
GRANT SELECT ON alembic_version, allocations, shown_rows, findings, requirements, current_judgements, returns_to_assess TO assessor_kit_assessors
--;
GRANT SELECT (return_id, pseudonym, cpd_year, version, declared_minutes, received_at, parked) ON returns TO assessor_kit_assessors
--;
GRANT SELECT (return_id, activity_no, minutes) ON activities TO assessor_kit_assessors
--;
GRANT SELECT, INSERT ON judgement_events, subject_keys TO assessor_kit_assessors
--;
GRANT INSERT ON access_log TO assessor_kit_assessors
--;
GRANT USAGE ON SEQUENCE access_log_access_no_seq TO assessor_kit_assessors
--;
GRANT SELECT ON settings TO assessor_kit_assessors
--;
CREATE POLICY assessor ON settings FOR SELECT TO assessor_kit_assessors USING (name IN ('scheme', 'is_sample', 'created'))
--;
CREATE POLICY assessor ON allocations FOR SELECT TO assessor_kit_assessors USING (assessor_id = (SELECT current_assessor()))
--;
DO $$ DECLARE name text; BEGIN
    FOREACH name IN ARRAY ARRAY['returns', 'activities', 'shown_rows', 'findings', 'requirements'] LOOP
        EXECUTE format('CREATE POLICY assessor ON %I FOR SELECT TO assessor_kit_assessors USING '
                       '(return_id IN (SELECT allocations.return_id FROM allocations WHERE assessor_id = (SELECT current_assessor())))', name);
    END LOOP;
END $$
--;
CREATE POLICY assessor_reads ON judgement_events FOR SELECT TO assessor_kit_assessors USING (
    assessor_id = (SELECT current_assessor())
    OR (kind = 'judgement' AND return_id IN (SELECT allocations.return_id FROM allocations) AND markings_complete(return_id)))
--;
CREATE POLICY assessor_writes ON judgement_events FOR INSERT TO assessor_kit_assessors WITH CHECK (
    assessor_id = (SELECT current_assessor()) AND origin = ''
    AND return_id IN (SELECT allocations.return_id FROM allocations) AND NOT markings_complete(return_id))
--;
CREATE POLICY assessor_reads ON subject_keys FOR SELECT TO assessor_kit_assessors USING (
    subject IN (SELECT 'return:' || allocations.return_id FROM allocations))
--;
CREATE POLICY assessor_writes ON subject_keys FOR INSERT TO assessor_kit_assessors WITH CHECK (
    subject IN (SELECT 'return:' || allocations.return_id FROM allocations))
--;
CREATE POLICY assessor ON access_log FOR INSERT TO assessor_kit_assessors WITH CHECK (
    who = (SELECT current_assessor()) AND return_id IN (SELECT allocations.return_id FROM allocations))
