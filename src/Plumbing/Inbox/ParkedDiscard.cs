namespace ContestPipeline.Plumbing;

/// <summary>Who wants a parked message discarded, and why.</summary>
/// <param name="By">The person, as authenticated.</param>
/// <param name="IsApprover">May say yes to what another person wishes.</param>
public sealed record DiscardWish(string By, bool IsApprover, string Reason);

/// <summary>The first person's wish, which waits for the second.</summary>
public sealed record DiscardAsked(string AskedBy, DateTimeOffset AskedAt, string Reason);

/// <summary>What became of an operator's wish to discard.</summary>
public abstract record DiscardAnswer
{
    private DiscardAnswer()
    {
    }

    /// <param name="Left">How many messages of the key go on now.</param>
    /// <param name="By">Whose wish it was; the second person is <paramref name="ApprovedBy"/>, null where none was
    /// needed.</param>
    public sealed record Discarded(ParkedRecord Message, long Left, string By, string? ApprovedBy) : DiscardAnswer;

    /// <summary>
    /// The message carries money: the wish is written down, and an approver who is another person has to say the same.
    /// </summary>
    public sealed record AwaitsApprover(ParkedRecord Message, DiscardAsked Asked) : DiscardAnswer;

    /// <summary>Not by this person.</summary>
    public sealed record NotYours(string Why) : DiscardAnswer;

    /// <summary>Nothing of the key is parked.</summary>
    public sealed record NotParked : DiscardAnswer;

    /// <summary>
    /// Another message stands at the head: what was looked at was handled or discarded meanwhile, or only queues.
    /// </summary>
    public sealed record NotAtTheHead(long HeadOffset) : DiscardAnswer;

    /// <summary>Whether a wish is carried out, waits, or is refused. No clock, no database.</summary>
    /// <param name="asked">The earlier wish about this message; null: there is none.</param>
    /// <returns>Null: it is carried out.</returns>
    internal static DiscardAnswer? Refusal(
        ParkedRecord head, bool carriesMoney, DiscardAsked? asked, DiscardAsked own, bool isApprover)
    {
        if (!carriesMoney) return null;
        if (asked is null) return new AwaitsApprover(head, own);
        if (PersonName.Same(asked.AskedBy, own.AskedBy))
            return new NotYours(
                $"you asked for it yourself at {asked.AskedAt:yyyy-MM-dd HH:mm:ss} UTC; another person has to approve");
        return isApprover
            ? null
            : new NotYours($"{asked.AskedBy} has asked for it already; to approve, a token with the role approver is needed");
    }
}

/// <summary>Giving a message up.</summary>
public static partial class Parked
{
    /// <summary>
    /// Gives the message at the head of a key up: it is kept with who, when and why, and the owner of the partition is asked to
    /// go on with the next one. As the owner of the database only.
    /// </summary>
    /// <param name="key">The key, or the name of one that is too long to be shown (<see cref="KeyName"/>).</param>
    /// <param name="offset">Of the message that was looked at; another one at the head is left alone.</param>
    /// <param name="carriesMoney">Whether a second person has to say the same.</param>
    public static async Task<DiscardAnswer> Discard(
        Tx tx, string topic, string key, long offset, DiscardWish wish, Func<ParkedRecord, bool> carriesMoney)
    {
        await tx.Query<int>(
            $"select 1 from {tx.Schema}.parked_key where topic = @topic and key_hash = any(@hashes) for no key update",
            new { topic, hashes = KeyName.Meant(key) });
        if ((await Records(tx, topic, key, limit: 1)).SingleOrDefault() is not { } head) return new DiscardAnswer.NotParked();
        if (head.Offset != offset) return new DiscardAnswer.NotAtTheHead(head.Offset);

        var asked = await AskedFor(tx, head);
        var own = new DiscardAsked(wish.By, tx.NowStored(), wish.Reason);
        if (DiscardAnswer.Refusal(head, carriesMoney(head), asked, own, wish.IsApprover) is { } refusal)
        {
            if (refusal is DiscardAnswer.AwaitsApprover) await Ask(tx, head, own);
            return refusal;
        }

        var (by, reason) = asked is null ? (wish.By, wish.Reason) : (asked.AskedBy, $"{asked.Reason}; approved: {wish.Reason}");
        var approvedBy = asked is null ? null : wish.By;
        await Keep(tx, head, by, reason, approvedBy);
        var hash = KeyName.Hash(head.Key);
        // Also when nothing is left: the owner takes the key away, and nobody else does.
        var requested = await tx.Execute(
            $"update {tx.Schema}.parked_key set {Request} where topic = @topic and key_hash = @hash", new { topic, hash });
        Invariant.Holds(requested == 1, $"{topic} {KeyName.Of(head.Key)}: asked {requested} keys to go on");
        var left = await tx.QueryOne<long>(
            $"select count(*) from {tx.Schema}.parked where topic = @topic and key_hash = @hash", new { topic, hash });
        tx.ResolveAlert(AlertKey(tx, head.Envelope()), $"The message was discarded by {by}: {reason}");
        return new DiscardAnswer.Discarded(head, left, by, approvedBy);
    }

    /// <summary>As the other, in a transaction of its own, of a message that carries no money.</summary>
    public static Task<DiscardAnswer> Discard(
        WorkerDatabase database, string topic, string key, long offset, string by, string reason, CancellationToken ct) =>
        database.Run(tx => Discard(tx, topic, key, offset, new DiscardWish(by, IsApprover: false, reason), _ => false), ct);

    /// <summary>The wish that waits for a second person; null: there is none.</summary>
    public static Task<DiscardAsked?> AskedFor(Tx tx, ParkedRecord message) => tx.QueryOne<DiscardAsked>(
        $"select asked_by, asked_at, reason from {tx.Schema}.parked_discard_wish where arrival = @Arrival", message);

    private static async Task Ask(Tx tx, ParkedRecord head, DiscardAsked own)
    {
        var asked = await tx.Execute(
            $"insert into {tx.Schema}.parked_discard_wish (arrival, asked_by, asked_at, reason) values (@Arrival, @AskedBy, "
                + $"@AskedAt, @Reason)",
            new { head.Arrival, own.AskedBy, own.AskedAt, own.Reason });
        Invariant.Holds(asked == 1, $"{head.Topic} {head.Offset}: wrote {asked} wishes");
    }

    private static async Task Keep(Tx tx, ParkedRecord head, string by, string reason, string? approvedBy)
    {
        var kept = await tx.Execute(
            $"""
            insert into {tx.Schema}.parked_discarded
                (topic, partition, record_offset, key, headers, body, error, first_seen, discarded_at, discarded_by, reason, last_error, approved_by)
            values (@Topic, @Partition, @Offset, @Key, @Headers::jsonb, @Body, @Error, @FirstSeen, @Now, @by, @reason, @LastError, @approvedBy)
            """,
            new { head.Topic, head.Partition, head.Offset, head.Key, head.Headers, head.Body, head.Error, head.FirstSeen, tx.Now,
                by, reason, head.LastError, approvedBy });
        var taken = await tx.Execute(
            $"delete from {tx.Schema}.parked where topic = @Topic and partition = @Partition and record_offset = @Offset", head);
        await tx.Execute($"delete from {tx.Schema}.parked_discard_wish where arrival = @Arrival", head);
        Invariant.Holds((kept, taken) == (1, 1), $"{head.Topic} {KeyName.Of(head.Key)}: kept {kept}, taken {taken} rows");
    }
}
