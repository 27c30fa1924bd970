using ContestPipeline.Plumbing;

namespace ContestPipeline.Replay.Parking;

/// <summary>A key of a group, as it is asked to be tried again.</summary>
internal sealed record GroupKey(string Worker, string Topic, string Key);

/// <summary>A key of an operation with what its worker says of it now.</summary>
/// <param name="AnsweredNo">Null: it is parked no more.</param>
internal sealed record RetriedKey(
    string Worker, string Topic, string Key, long RequestNo, long Messages, long LastArrival, long? AnsweredNo, string? Answer,
    long? Left, string? HeadError);

/// <summary>SQL over parked messages and the operations on them, as the owner.</summary>
internal static class ParkingSql
{
    /// <summary>Fees and stakes that were collected and have not gone back: of a contest, or of one entry of it.</summary>
    internal static Task<IReadOnlyList<CollectedFee>> FeesHeld(this Tx tx, string contestId, string? entryId) =>
        tx.Query<CollectedFee>(
            """
            select entry_id, player_id, amount_minor - refunded_minor as held_minor, currency
            from payout.entry_payment
            where contest_id = @contestId and (@entryId::text is null or entry_id = @entryId) and charge_id is not null and
                refunded_minor < amount_minor
            union all
            select entry_id, player_id, amount_minor, currency
            from payout.wallet_stake s
            where contest_id = @contestId and (@entryId::text is null or entry_id = @entryId) and exists (
                select from payout.wallet_use u
                where u.use_id = 'stake/' || s.contest_id || '/' || s.entry_id and u.returned_at is null)
            order by entry_id
            """,
            new { contestId, entryId });

    /// <summary>The keys of a group of one worker, in the order in which they are locked.</summary>
    internal static Task<IReadOnlyList<GroupKey>> KeysOf(this Tx tx, string worker, ParkedGroup group, int limit) =>
        tx.Query<GroupKey>(
            $"""
            select '{worker}' as worker, k.topic, k.key
            from {worker}.parked_key k
            join lateral (
                select p.error, p.last_error from {worker}.parked p where p.topic = k.topic and p.key_hash = k.key_hash order by p.arrival limit 1) h on true
            where (@Topic::text is null or k.topic = @Topic) and (@Key::text is null or k.key_hash = any(@hashes))
                and (@Error::text is null or {ParkedGroup.Class("coalesce(h.last_error, h.error)")} = @Error)
            order by k.topic, k.key_hash
            limit @limit
            """,
            new { group.Topic, group.Key, group.Error, hashes = group.Key is null ? [] : KeyName.Meant(group.Key), limit });

    /// <summary>Of one worker, the oldest first.</summary>
    internal static Task<IReadOnlyList<ParkedKeyRow>> RowsOf(this Tx tx, string worker, ParkedGroup group, int limit) =>
        tx.Query<ParkedKeyRow>(
            $"""
            select '{worker}' as worker, k.topic, k.key, h.partition, h.record_offset as "offset", k.parked_at, h.first_seen,
                (select count(*) - 1 from {worker}.parked p where p.topic = k.topic and p.key_hash = k.key_hash) as behind,
                k.retry_requested, left(coalesce(h.last_error, h.error), 300) as error
            from {worker}.parked_key k
            join lateral (
                select p.partition, p.record_offset, p.first_seen, p.error, p.last_error
                from {worker}.parked p where p.topic = k.topic and p.key_hash = k.key_hash order by p.arrival limit 1) h on true
            where (@Topic::text is null or k.topic = @Topic)
                and (@Error::text is null or {ParkedGroup.Class("coalesce(h.last_error, h.error)")} = @Error)
            order by h.first_seen, k.key
            limit @limit
            """,
            new { group.Topic, group.Error, limit });

    /// <summary>Messages of a key that queue behind the first.</summary>
    internal static async Task<long> Behind(this Tx tx, string worker, string topic, string key) => await tx.QueryOne<long>(
        $"select count(*) - 1 from {worker}.parked where topic = @topic and key_hash = @hash",
        new { topic, hash = KeyName.Hash(key) });

    /// <summary>How many keys a group has; of one worker.</summary>
    /// <param name="since">Only those that were parked later; null: all.</param>
    internal static async Task<long> CountOf(this Tx tx, string worker, ParkedGroup group, DateTimeOffset? since) =>
        await tx.QueryOne<long>(
            $"""
            select count(*)
            from {worker}.parked_key k
            join lateral (
                select p.error, p.last_error from {worker}.parked p where p.topic = k.topic and p.key_hash = k.key_hash order by p.arrival limit 1) h on true
            where (@Topic::text is null or k.topic = @Topic) and (@since::timestamptz is null or k.parked_at > @since)
                and (@Error::text is null or {ParkedGroup.Class("coalesce(h.last_error, h.error)")} = @Error)
            """,
            new { group.Topic, group.Error, since });

    internal static Task BeginRetry(
        this Tx tx, string retryId, ParkedGroup group, string person, string reason, long leftOut) => tx.Execute(
        """
        insert into operations.parked_retry (retry_id, worker, topic, error, key, asked_by, asked_at, reason, left_out)
        values (@retryId, @Worker, @Topic, @Error, @Key, @person, @Now, @reason, @leftOut)
        """,
        new { retryId, group.Worker, group.Topic, group.Error, group.Key, person, tx.Now, reason, leftOut });

    internal static Task Asked(this Tx tx, string retryId, string worker, RetryAsked asked) => tx.Execute(
        """
        insert into operations.parked_retry_key (retry_id, worker, topic, key_hash, key, request_no, messages, last_arrival)
        values (@retryId, @worker, @Topic, @hash, @Key, @RequestNo, @Messages, @LastArrival)
        """,
        new { retryId, worker, asked.Topic, hash = KeyName.Hash(asked.Key), asked.Key, asked.RequestNo, asked.Messages,
            asked.LastArrival });

    internal static Task<ParkedRetry?> Retry(this Tx tx, string retryId) => tx.QueryOne<ParkedRetry>(
        """
        select retry_id, worker, topic, error, key, asked_by, asked_at, reason, left_out
        from operations.parked_retry where retry_id = @retryId
        """,
        new { retryId });

    internal static Task<IReadOnlyList<ParkedRetry>> Retries(this Tx tx, int limit) => tx.Query<ParkedRetry>(
        """
        select retry_id, worker, topic, error, key, asked_by, asked_at, reason, left_out
        from operations.parked_retry order by asked_at desc, retry_id desc limit @limit
        """,
        new { limit });

    internal static Task<IReadOnlyList<RetriedKey>> KeysNow(this Tx tx, string retryId, string worker) => tx.Query<RetriedKey>(
        $"""
        select r.worker, r.topic, r.key, r.request_no, r.messages, r.last_arrival, k.answered_no, k.answer, waiting.count as "left", h.last_error as head_error
        from operations.parked_retry_key r
        left join {worker}.parked_key k on k.topic = r.topic and k.key_hash = r.key_hash
        left join lateral (
            select count(*) as count from {worker}.parked p where p.topic = k.topic and p.key_hash = k.key_hash and p.arrival <= r.last_arrival) waiting on true
        left join lateral (
            select p.last_error from {worker}.parked p where p.topic = k.topic and p.key_hash = k.key_hash order by p.arrival limit 1) h on true
        where r.retry_id = @retryId and r.worker = '{worker}'
        order by r.topic, r.key_hash
        """,
        new { retryId });
}
