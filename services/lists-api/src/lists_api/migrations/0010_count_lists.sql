-- How many lists a user has, once whoever else makes one for them has ended; nobody else makes one until the transaction
-- ends. A plpgsql function, because each of its statements sees what was committed before it: a statement that waited for
-- the lock by itself would count what there was before the wait.
CREATE FUNCTION count_lists_alone(owner text) RETURNS bigint LANGUAGE plpgsql VOLATILE
AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(owner, 0));
    RETURN (SELECT count(*) FROM list WHERE list.user_id = owner AND list.deleted_at IS NULL);
END
$$;
