namespace ContestPipeline.Plumbing;

/// <summary>
/// Messages that a replay has handled anew although the inbox remembers them. Only the claim is forgotten, for the messages that
/// the run selected and once for each; what a handler itself keeps by a natural key stays as it is.
/// </summary>
public static class Reprocess
{
    /// <summary>
    /// The header that a replay puts on what it produces: the id of the run, a blank, partition and offset of the original.
    /// </summary>
    public const string Header = "replay";

    /// <summary>Writes down what a run is to have handled anew by a worker. As the owner.</summary>
    public static Task Order(Tx tx, string worker, string runId, IReadOnlyList<Guid> ids) => tx.Execute(
        $"insert into {worker}.reprocess (run_id, message_id) select @runId, id from unnest(@ids::uuid[]) as id on conflict do "
            + $"nothing", new { runId, ids });

    /// <summary>A run is over: what it did not come to is not handled anew by whatever comes later. As the owner.</summary>
    public static Task End(Tx tx, string worker, string runId) =>
        tx.Execute($"delete from {worker}.reprocess where run_id = @runId", new { runId });

    /// <summary>Forgets claims in a shadow, as its owner.</summary>
    public static Task Forget(Tx tx, string worker, IReadOnlyList<Envelope> messages) => tx.Execute(
        $"delete from {worker}.inbox i using unnest(@ids::uuid[], @days::date[]) as record (message_id, day) where "
            + $"i.message_id = record.message_id and i.day = record.day",
        new { ids = messages.Select(m => m.MessageId).ToArray(), days = messages.Select(Inbox.Day).ToArray() });

    /// <summary>
    /// Of the records of a batch, those that a run is to have handled anew lose their claims in the batch's transaction.
    /// </summary>
    internal static async Task Forget(Tx tx, IEnumerable<Envelope> batch)
    {
        var replayed = batch.Where(e => e.Headers.ContainsKey(Header)).ToArray();
        if (replayed.Length == 0) return;
        await tx.Query<long>(
            $"select {tx.Schema}.inbox_reprocess(@runs, @ids, @days)",
            new
            {
                runs = replayed.Select(e => e.Headers[Header].Split(' ')[0]).ToArray(),
                ids = replayed.Select(e => e.MessageId).ToArray(), days = replayed.Select(Inbox.Day).ToArray(),
            });
    }
}
