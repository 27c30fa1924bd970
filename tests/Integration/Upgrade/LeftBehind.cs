using System.IO.Compression;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Integration.Payout;
using ContestPipeline.Plumbing;
using Dapper;
using Npgsql;

namespace ContestPipeline.Integration.Upgrade;

/// <summary>
/// What the demo of commit f1d2c4d (seed 7) left when it was killed while it paid prizes, three seconds after its Payout had been
/// killed: all four workers' schemas (pg_dump, as inserts, without comments) and the journal of its Stripe. 54 of 226 payouts are
/// paid, 11 are on their way, the others wait for the balance or an account.
/// </summary>
internal sealed class LeftBehind
{
    /// <summary>The last request to its Stripe, UTC.</summary>
    public static readonly DateTimeOffset At = new(2026, 11, 23, 16, 15, 58, TimeSpan.Zero);

    private const string Lines =
        "select md5(string_agg(l::text, ';' order by l.transfer_id)) from (select transfer_id, debit_account, credit_account, "
            + "currency, amount_minor, code, reference, posted_at from payout.ledger_transfer) l";

    /// <summary>
    /// The demo of that commit made its players' accounts at Stripe itself. Here they are what requests of Payout's made, but for
    /// one.
    /// </summary>
    private const string Requests =
        """
        insert into payout.stripe_call
        select 'account/' || a.player_id, c.kind, a.player_id, c.body, c.body_hash, c.state, c.created_at, null, c.first_used_at,
            null, c.fence, 0, c.last_answer, a.account_id, c.closed_at
        from payout.stripe_account a cross join payout.stripe_call c
        where c.kind = 'account-create' and a.player_id not in (c.subject, @Foreign)
        """;

    /// <summary>The player whose account no request of Payout's made; nothing was sent to it.</summary>
    public const string Foreign = "player-241";

    /// <summary>How long after that it is taken over.</summary>
    public required TimeSpan Later { get; init; }

    /// <summary>The lines of the ledger in one hash, before the migration and after.</summary>
    public string? LinesBefore { get; private set; }

    public string? LinesAfter { get; private set; }

    /// <summary>
    /// Fills an empty database, brings it up to the code, and puts the journal where the simulator looks for it.
    /// </summary>
    public async Task Unpack(string admin, string simulatorFolder, ShiftedClock clock)
    {
        clock.Forward(At + Later - clock.GetUtcNow());
        await File.WriteAllTextAsync(Path.Combine(simulatorFolder, "journal.jsonl"), await Read("stripe.jsonl"));
        await new Migrator(admin + ";Pooling=false", "test").Apply([]);
        await using var connection = new NpgsqlConnection(admin + ";Pooling=false");
        await connection.ExecuteAsync("drop schema if exists pipeline cascade");
        await connection.ExecuteAsync(await Read("books.sql"), commandTimeout: 300);
        await connection.ExecuteAsync(Requests, new { Foreign });
        LinesBefore = await connection.ExecuteScalarAsync<string>(Lines);
        await new Migrator(admin + ";Pooling=false", "test").Apply(Backbone.Workers);
        LinesAfter = await connection.ExecuteScalarAsync<string>(Lines);
    }

    private static async Task<string> Read(string name)
    {
        var assembly = typeof(LeftBehind).Assembly;
        await using var packed = assembly.GetManifestResourceStream($"{assembly.GetName().Name}.Upgrade.Left.{name}.br")
            ?? throw new InvalidOperationException($"{name} is not in the assembly");
        await using var unpacked = new BrotliStream(packed, CompressionMode.Decompress);
        using var reader = new StreamReader(unpacked);
        return await reader.ReadToEndAsync();
    }
}
