using ContestPipeline.Plumbing;

namespace ContestPipeline.Payout;

/// <summary>
/// Objects that the API key may not read: left alone for a while, so that they are not asked for without end and keep no others waiting. Hints that come meanwhile stay
/// for the next reading.
/// </summary>
public static class PutOffSql
{
    /// <summary>As long as it takes a person to give a key its permission, and no longer than what waits for it should wait then.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMinutes(5);

    /// <param name="id">The column that names the object at Stripe.</param>
    /// <returns>A condition, true of what is not put off at the parameter <c>@now</c>.</returns>
    public static string IsDue(string id) => $"not exists (select from payout.put_off where object_id = {id} and until > @now)";

    public static Task PutOff(this Tx tx, string objectId) => tx.Execute(
        "insert into payout.put_off (object_id, until) values (@objectId, @until) on conflict (object_id) do update set until = @until",
        new { objectId, until = tx.Now + Pause });
}
