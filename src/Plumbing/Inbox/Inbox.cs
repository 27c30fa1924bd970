using System.Security.Cryptography;
using System.Text;

namespace ContestPipeline.Plumbing;

/// <summary>What the inbox says of a message.</summary>
internal enum Claim
{
    /// <summary>Never seen; it is ours to handle in this transaction.</summary>
    New,

    /// <summary>Handled before, or earlier in this batch.</summary>
    Duplicate,

    /// <summary>The id was used before for another body.</summary>
    Conflict,
}

/// <summary>
/// Claims message ids, a whole batch in one statement. A concurrent delivery of the same id waits until the first transaction
/// ends.
/// </summary>
internal static class Inbox
{
    internal static async Task<Claim[]> ClaimAll(Tx tx, IReadOnlyList<(Guid Id, Envelope Envelope)> messages)
    {
        var claims = new Claim[messages.Count];
        var hashes = new Guid[messages.Count];
        var firsts = new Dictionary<Guid, int>(messages.Count);
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var i = 0; i < messages.Count; i++)
        {
            hashes[i] = BodyHash(messages[i].Envelope, sha);
            firsts.TryAdd(messages[i].Id, i);
        }

        var earlier = (await Earlier(tx, messages, firsts, hashes)).ToDictionary(e => e.MessageId, e => e.BodyHash);
        for (var i = 0; i < messages.Count; i++)
        {
            if (earlier.TryGetValue(messages[i].Id, out var hash)) claims[i] = Again(hashes[i], hash);
            else if (firsts[messages[i].Id] != i) claims[i] = Again(hashes[i], hashes[firsts[messages[i].Id]]);
        }

        return claims;
    }

    /// <summary>Gives back ids that this transaction has claimed, and no others.</summary>
    internal static async Task Release(Tx tx, IReadOnlyList<Envelope> messages)
    {
        if (messages.Count == 0) return;
        var ids = messages.Select(m => m.MessageId).ToArray();
        var released = await tx.QueryOne<long>(
            $"select {tx.Schema}.inbox_release(@ids, @days)", new { ids, days = messages.Select(Day).ToArray() });
        Invariant.Holds(
            released == ids.Length, $"inbox of {tx.Schema}: {ids.Length} ids to give back, {released} of this transaction");
    }

    /// <summary>Under which day a claim is kept.</summary>
    internal static DateOnly Day(Envelope envelope) => DateOnly.FromDateTime(envelope.Time.UtcDateTime);

    /// <summary>Over the type and the body: what a message says, not how it travelled.</summary>
    /// <param name="sha">Used for message after message: making one costs more than hashing a body.</param>
    internal static Guid BodyHash(Envelope envelope, IncrementalHash sha)
    {
        Span<byte> hash = stackalloc byte[32];
        sha.AppendData(Encoding.UTF8.GetBytes(envelope.WireName));
        sha.AppendData("\n"u8);
        sha.AppendData(envelope.Body.Span);
        sha.GetHashAndReset(hash);
        return new Guid(hash[..16], bigEndian: true);
    }

    private static Claim Again(Guid hash, Guid earlier) => hash == earlier ? Claim.Duplicate : Claim.Conflict;

    /// <summary>
    /// Inserts what is new, in the order of ids so that two batches cannot deadlock, and returns the hashes of what was there
    /// before.
    /// </summary>
    private static async Task<IReadOnlyList<EarlierClaim>> Earlier(
        Tx tx, IReadOnlyList<(Guid Id, Envelope Envelope)> messages, Dictionary<Guid, int> firsts, Guid[] hashes)
    {
        var ids = firsts.Keys.Order().ToArray();
        if (ids.Length == 0) return [];
        var days = ids.Select(id => Day(messages[firsts[id]].Envelope)).ToArray();
        // "do nothing" and the rows that were written: catching a violation would leave a transaction that can do nothing more.
        var fresh = await tx.Query<Guid>(
            $"""
            insert into {tx.Schema}.inbox (message_id, day, body_hash)
            select message_id, day, body_hash from unnest(@ids::uuid[], @days::date[], @hashes::uuid[]) as claim (message_id, day, body_hash)
            on conflict do nothing
            returning message_id
            """,
            new { ids, days, hashes = ids.Select(id => hashes[firsts[id]]).ToArray() });
        if (fresh.Count == ids.Length) return [];

        var known = ids.Except(fresh).ToArray();
        var earlier = await tx.Query<EarlierClaim>(
            $"""
            select i.message_id, i.body_hash
            from unnest(@ids::uuid[], @days::date[]) as claim (message_id, day)
            join {tx.Schema}.inbox i on i.message_id = claim.message_id and i.day = claim.day
            where i.message_id = any(@known)
            order by i.message_id
            """,
            new { ids, days, known });
        Invariant.Holds(
            earlier.Count == known.Length, $"inbox of {tx.Schema}: {known.Length} claims lost, {earlier.Count} found");
        return earlier;
    }

    /// <summary>Constructor order is column order.</summary>
    private sealed record EarlierClaim(Guid MessageId, Guid BodyHash);
}
