CREATE VIEW current_judgements AS
SELECT * FROM judgement_events AS event
WHERE kind = 'judgement' AND NOT EXISTS (
    SELECT 1 FROM judgement_events AS later
    WHERE later.return_id = event.return_id AND later.assessor_id = event.assessor_id AND later.kind = event.kind
      AND (later.version > event.version OR (later.version = event.version AND later.origin > event.origin)))
--;
CREATE VIEW returns_to_assess AS
SELECT returns.return_id, returns.pseudonym, returns.cpd_year, returns.declared_minutes, returns.received_at, returns.parked,
       COALESCE(register.discipline, '') AS discipline
FROM returns LEFT JOIN register ON register.member_no = returns.member_no
WHERE returns.pseudonym <> ''
--;
CREATE TRIGGER judgement_events_are_not_changed BEFORE UPDATE ON judgement_events
BEGIN SELECT RAISE(ABORT, 'the judgement log is append-only'); END
--;
CREATE TRIGGER judgement_events_are_not_removed BEFORE DELETE ON judgement_events
BEGIN SELECT RAISE(ABORT, 'the judgement log is append-only'); END
--;
INSERT INTO log_head (log, seq, hash) VALUES ('judgement_events', 0, '0000000000000000000000000000000000000000000000000000000000000000')
