-- The findings of every return under the rules for CPD of 2016, in one statement written by hand for this one edition:
-- what an analyst who knows DuckDB well would write. Of five ways to add up (FILTER, CASE, count_if, masks, masks over minutes weighted
-- once) the last was the fastest and is used. $activities, $returns and $target stand for the files.
COPY (
WITH sums AS (
    SELECT
        return_id,
        sum(counted_minutes) AS total,
        sum(sure_minutes) AS total_sure,
        count_if(counts) AS counted,
        count_if(counts AND NOT doubtful) AS counted_sure,
        sum(counted_minutes * (planned = 'yes')::INT) AS planned,
        sum(sure_minutes * (planned = 'yes')::INT) AS planned_sure,
        sum(counted_minutes * (planned = 'unmarked')::INT) AS unmarked,
        sum(counted_minutes * (area = 'personal_technical')::INT) AS pt,
        sum(sure_minutes * (area = 'personal_technical')::INT) AS pt_sure,
        sum(counted_minutes * (area = 'job_role_technical')::INT) AS jt,
        sum(sure_minutes * (area = 'job_role_technical')::INT) AS jt_sure,
        sum(counted_minutes * (area = 'personal_soft')::INT) AS soft,
        sum(sure_minutes * (area = 'personal_soft')::INT) AS soft_sure,
        sum(counted_minutes * (area = 'technical')::INT) AS tech,
        sum(sure_minutes * (area = 'technical')::INT) AS tech_sure,
        sum(counted_minutes * (activity_type = 'training')::INT) AS t1,
        sum(sure_minutes * (activity_type = 'training')::INT) AS t1_sure,
        sum(counted_minutes * (activity_type = 'work_experience')::INT) AS t2,
        sum(sure_minutes * (activity_type = 'work_experience')::INT) AS t2_sure,
        sum(counted_minutes * (activity_type = 'academic')::INT) AS t3,
        sum(sure_minutes * (activity_type = 'academic')::INT) AS t3_sure,
        sum(counted_minutes * (activity_type = 'volunteering')::INT) AS t4,
        sum(sure_minutes * (activity_type = 'volunteering')::INT) AS t4_sure,
        sum(counted_minutes * (activity_type = 'events')::INT) AS t5,
        sum(sure_minutes * (activity_type = 'events')::INT) AS t5_sure,
        sum(counted_minutes * (activity_type = 'self_study')::INT) AS t6,
        sum(sure_minutes * (activity_type = 'self_study')::INT) AS t6_sure,
        sum(counted_minutes * (activity_type = 'other')::INT) AS t7,
        sum(sure_minutes * (activity_type = 'other')::INT) AS t7_sure,
        bit_or(CASE WHEN counts THEN CASE activity_type WHEN 'training' THEN 1 WHEN 'work_experience' THEN 2 WHEN 'academic' THEN 4
               WHEN 'volunteering' THEN 8 WHEN 'events' THEN 16 WHEN 'self_study' THEN 32 WHEN 'other' THEN 64 ELSE 0 END ELSE 0 END) AS kinds,
        bit_or(CASE WHEN counts AND NOT doubtful THEN CASE activity_type WHEN 'training' THEN 1 WHEN 'work_experience' THEN 2 WHEN 'academic' THEN 4
               WHEN 'volunteering' THEN 8 WHEN 'events' THEN 16 WHEN 'self_study' THEN 32 WHEN 'other' THEN 64 ELSE 0 END ELSE 0 END) AS kinds_sure,
        count_if(counts AND activity_type NOT IN ('training', 'work_experience', 'academic', 'volunteering', 'events', 'self_study', 'other')) AS no_kind,
        max(sure_minutes * (activity_type NOT IN ('training', 'work_experience', 'academic', 'volunteering', 'events', 'self_study', 'other'))::INT) AS alone,
        bool_or(counts AND contains(competences, 'A')) AS ca, bool_or(counts AND NOT doubtful AND contains(competences, 'A')) AS ca_sure,
        bool_or(counts AND contains(competences, 'B')) AS cb, bool_or(counts AND NOT doubtful AND contains(competences, 'B')) AS cb_sure,
        bool_or(counts AND contains(competences, 'C')) AS cc, bool_or(counts AND NOT doubtful AND contains(competences, 'C')) AS cc_sure,
        bool_or(counts AND contains(competences, 'D')) AS cd, bool_or(counts AND NOT doubtful AND contains(competences, 'D')) AS cd_sure,
        bool_or(counts AND contains(competences, 'E')) AS ce, bool_or(counts AND NOT doubtful AND contains(competences, 'E')) AS ce_sure,
        count_if(counts AND competences = '') AS without_competences,
        count_if(counts AND names_goal) AS linked,
        count_if(counts AND NOT doubtful AND names_goal) AS linked_sure,
        count_if(counts AND newly_served) AS served,
        count_if(counts AND NOT doubtful AND newly_served) AS served_sure,
        count_if(counts AND has_reflection) AS reflected,
        count_if(repeats) AS repeated,
        count_if(NOT counts) AS outside,
        max(counted_minutes) AS largest,
        max(day_minutes) AS fullest
    FROM (SELECT *, minutes * counts::INT AS counted_minutes, minutes * (counts AND NOT doubtful)::INT AS sure_minutes FROM read_parquet($activities))
    GROUP BY return_id
), told AS (
    SELECT r.*, s.* EXCLUDE (return_id),
        total - pt - jt - soft - tech AS no_area, total_sure - pt_sure - jt_sure - soft_sure - tech_sure AS no_area_sure,
        pt + jt + tech AS technical, pt_sure + jt_sure + tech_sure AS technical_sure,
        t1 + t2 + t3 + t4 + t5 + t6 + t7 AS typed, t1_sure + t2_sure + t3_sure + t4_sure + t5_sure + t6_sure + t7_sure AS typed_sure,
        greatest(t1 * 3 + t1_sure * 7, t2 * 3 + t2_sure * 7, t3 * 3 + t3_sure * 7, t4 * 3 + t4_sure * 7, t5 * 3 + t5_sure * 7, t6 * 3 + t6_sure * 7,
                 t7 * 3 + t7_sure * 7) AS heaviest_at_most,
        greatest(t1 * 7 + t1_sure * 3, t2 * 7 + t2_sure * 3, t3 * 7 + t3_sure * 3, t4 * 7 + t4_sure * 3, t5 * 7 + t5_sure * 3, t6 * 7 + t6_sure * 3,
                 t7 * 7 + t7_sure * 3) AS heaviest_at_least,
        least(t1 * 7 + t1_sure * 3, t2 * 7 + t2_sure * 3, t3 * 7 + t3_sure * 3, t4 * 7 + t4_sure * 3, t5 * 7 + t5_sure * 3, t6 * 7 + t6_sure * 3,
              t7 * 7 + t7_sure * 3) AS lightest_at_least,
        ca_sure::INT + cb_sure::INT + cc_sure::INT + cd_sure::INT + ce_sure::INT AS named_sure,
        ca::INT + cb::INT + cc::INT + cd::INT + ce::INT AS named,
        (declared_minutes IS NOT NULL AND abs(total - declared_minutes) * 10 >= declared_minutes AND abs(total - declared_minutes) >= 180)::INT AS differs,
        (largest * 2 > total)::INT AS dominates, (fullest > 1440)::INT AS overfull
    FROM read_parquet($returns) r LEFT JOIN sums s USING (return_id)
)
SELECT
    return_id,
    CASE WHEN target_minutes IS NULL THEN CASE WHEN target_basis = 'unclear' THEN 'unclear' ELSE 'not applicable' END
         WHEN coalesce(total_sure, 0) >= target_minutes THEN 'met' WHEN coalesce(total, 0) < target_minutes THEN 'below guideline' ELSE 'unclear' END AS total_hours__standing,
    coalesce(total_sure, 0)::BIGINT AS total_hours__sure, coalesce(total - total_sure, 0)::BIGINT AS total_hours__doubtful,
    target_minutes::BIGINT AS total_hours__needed, coalesce(counted, 0) AS total_hours__activities,
    CASE WHEN planned_minutes_needed IS NULL THEN CASE WHEN target_basis = 'unclear' THEN 'unclear' ELSE 'not applicable' END
         WHEN coalesce(planned_sure, 0) >= planned_minutes_needed THEN 'met'
         WHEN coalesce(planned + unmarked, 0) < planned_minutes_needed THEN 'below guideline' ELSE 'unclear' END AS planned_hours__standing,
    coalesce(planned_sure, 0)::BIGINT AS planned_hours__sure, coalesce(planned + unmarked - planned_sure, 0)::BIGINT AS planned_hours__doubtful,
    coalesce(unmarked, 0)::BIGINT AS planned_hours__not_stated, planned_minutes_needed::BIGINT AS planned_hours__needed,
    CASE WHEN NOT areas_apply THEN 'not applicable' WHEN pt_sure >= 600 AND jt_sure >= 600 AND soft_sure >= 600 THEN 'as suggested'
         WHEN greatest(600 - soft, 0) <= no_area
              AND greatest(600 - pt, 0) + greatest(600 - jt, 0) + greatest(600 - soft, 0) <= no_area + tech THEN 'unclear'
         ELSE 'different mix' END AS area_split__standing,
    coalesce(pt, 0)::BIGINT AS area_split__personal_technical, coalesce(jt, 0)::BIGINT AS area_split__job_role_technical,
    coalesce(soft, 0)::BIGINT AS area_split__personal_soft, coalesce(no_area, 0)::BIGINT AS area_split__not_stated,
    coalesce(tech, 0)::BIGINT AS area_split__partly_stated,
    CASE WHEN coalesce(counted, 0) = 0 THEN 'not applicable' WHEN counted_sure = 0 THEN 'unclear'
         WHEN bit_count(kinds_sure) >= 3 AND (heaviest_at_most < typed_sure * 7 - (total - typed) * 3 OR total = 0) THEN 'as suggested'
         WHEN bit_count(kinds) + no_kind >= 3
              AND ((heaviest_at_least < total * 7 AND (alone = 0 OR alone * 10 + lightest_at_least < total * 7)) OR total_sure = 0) THEN 'unclear'
         ELSE 'different mix' END AS activity_mix__standing,
    coalesce(bit_count(kinds), 0)::BIGINT AS activity_mix__kinds, coalesce(greatest(t1, t2, t3, t4, t5, t6, t7), 0)::BIGINT AS activity_mix__largest,
    coalesce(total, 0)::BIGINT AS activity_mix__total, coalesce(no_kind, 0) AS activity_mix__not_stated,
    CASE WHEN coalesce(counted, 0) = 0 THEN 'not applicable' WHEN counted_sure = 0 THEN 'unclear'
         WHEN soft_sure * 9 >= technical + no_area AND technical_sure * 9 >= soft + no_area AND soft_sure > 0 AND technical_sure > 0 THEN 'as suggested'
         WHEN (soft + no_area) * 9 >= technical_sure AND (technical + no_area) * 9 >= soft_sure AND soft + no_area > 0 AND technical + no_area > 0 THEN 'unclear'
         ELSE 'different mix' END AS soft_technical_mix__standing,
    coalesce(soft, 0)::BIGINT AS soft_technical_mix__soft, coalesce(technical, 0)::BIGINT AS soft_technical_mix__technical,
    coalesce(no_area, 0)::BIGINT AS soft_technical_mix__not_stated,
    CASE WHEN coalesce(counted, 0) = 0 THEN 'not applicable' WHEN counted_sure = 0 THEN 'unclear' WHEN named_sure >= 3 THEN 'as suggested'
         WHEN named >= 3 OR without_competences > 0 THEN 'unclear' ELSE 'different mix' END AS competence_mix__standing,
    coalesce(named, 0)::BIGINT AS competence_mix__named, coalesce(without_competences, 0) AS competence_mix__not_stated,
    coalesce(counted, 0) AS competence_mix__activities,
    coalesce(ca::INT + ca_sure::INT, 0)::BIGINT AS competence_mix__letter_A, coalesce(cb::INT + cb_sure::INT, 0)::BIGINT AS competence_mix__letter_B,
    coalesce(cc::INT + cc_sure::INT, 0)::BIGINT AS competence_mix__letter_C, coalesce(cd::INT + cd_sure::INT, 0)::BIGINT AS competence_mix__letter_D,
    coalesce(ce::INT + ce_sure::INT, 0)::BIGINT AS competence_mix__letter_E,
    CASE WHEN goals = 0 THEN 'not applicable' WHEN coalesce(served_sure, 0) * 2 >= goals THEN 'as suggested'
         WHEN coalesce(served, 0) * 2 >= goals OR coalesce(linked_sure, 0) = 0 THEN 'unclear' ELSE 'different mix' END AS plan_link__standing,
    goals::BIGINT AS plan_link__goals, coalesce(served, 0) AS plan_link__served, coalesce(linked, 0) AS plan_link__linked,
    coalesce(counted, 0) AS plan_link__activities,
    'not applicable' AS reflection__standing, coalesce(reflected, 0) AS reflection__with_reflection, coalesce(counted, 0) AS reflection__activities,
    CASE WHEN coalesce(repeated + differs + dominates + overfull + outside, differs) = 0 THEN 'as suggested' ELSE 'unclear' END AS record_flags__standing,
    coalesce(repeated, 0) AS record_flags__repeated, coalesce(differs, 0)::BIGINT AS record_flags__differs_from_declaration,
    coalesce(dominates, 0)::BIGINT AS record_flags__one_activity_dominates, coalesce(overfull, 0)::BIGINT AS record_flags__overfull_day,
    coalesce(outside, 0) AS record_flags__outside_year, declared_minutes::BIGINT AS record_flags__declared,
    coalesce(total, 0)::BIGINT AS record_flags__total, coalesce(largest, 0)::BIGINT AS record_flags__largest,
    $thresholds AS thresholds, 'iet-2016' AS rules_edition, $digest AS rules_digest
FROM told
) TO $target (FORMAT parquet, COMPRESSION zstd)
