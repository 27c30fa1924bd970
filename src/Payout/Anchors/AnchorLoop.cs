using System.Security.Cryptography;
using ContestPipeline.Payout.Ledger;
using ContestPipeline.Payout.Options;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ContestPipeline.Payout.Anchors;

/// <summary>How anchors are written.</summary>
/// <param name="File">Where to.</param>
/// <param name="KeyPem">An ECDSA key with its private half, PEM.</param>
public sealed record AnchorOptions(string File, string KeyPem, TimeSpan Every)
{
    /// <summary>Reads <c>PAYOUT_ANCHOR_FILE</c>, <c>PAYOUT_ANCHOR_KEY</c> and <c>PAYOUT_ANCHOR_MINUTES</c>.</summary>
    /// <returns>Null when no file is named: then the heads of the chains are in the database alone.</returns>
    /// <exception cref="SettingException">The key is missing or none.</exception>
    public static AnchorOptions? From(IConfiguration settings)
    {
        if (settings.Optional("PAYOUT_ANCHOR_FILE") is not { } file) return null;
        var pem = settings.Require(
            "PAYOUT_ANCHOR_KEY", "the private key (PEM, EC P-256) that signs what PAYOUT_ANCHOR_FILE is given");
        using (Key("PAYOUT_ANCHOR_KEY", pem)) { }
        return new AnchorOptions(file, pem, TimeSpan.FromMinutes(settings.Whole("PAYOUT_ANCHOR_MINUTES")));
    }

    /// <exception cref="SettingException">It is no key.</exception>
    public static ECDsa Key(string setting, string pem)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            return key;
        }
        catch (ArgumentException none)
        {
            throw NoKey(none);
        }
        catch (CryptographicException bad)
        {
            throw NoKey(bad);
        }

        SettingException NoKey(Exception why)
        {
            key.Dispose();
            return new SettingException(setting, $"is no elliptic-curve key in PEM form: {why.Message}");
        }
    }

    /// <summary>Without the key.</summary>
    public override string ToString() => $"{nameof(AnchorOptions)} {{ File = {File}, Every = {Every} }}";
}

/// <summary>Compares the books with a file of anchors, for people and tools.</summary>
public static class AnchorVerify
{
    /// <param name="lines">Of the file, in order.</param>
    /// <param name="key">The public half of the key that signed them.</param>
    /// <returns>What is not what was anchored, and a file that is not what was written; and how many anchors there are.</returns>
    public static async Task<(long Anchors, IReadOnlyList<LedgerFault> Faults)> Run(
        NpgsqlConnection connection, IAsyncEnumerable<string> lines, ECDsa key, CancellationToken ct)
    {
        var book = new AnchorBook();
        try
        {
            await foreach (var line in lines.WithCancellation(ct)) book.Take(line, key);
        }
        catch (FormatException bad)
        {
            return (book.Count, [new LedgerFault("anchors", bad.Message)]);
        }

        return (book.Count, book.Compare(await AnchorSql.Chains(connection, book.Ends, ct)));
    }
}

/// <summary>
/// Writes the ends of the hash chains of ledger and audit log to a place outside the database, signed, and looks each time
/// whether what was written before is still so. That it cannot write is told as of every loop; what it finds changed is a
/// critical alert and nothing is written over it.
/// </summary>
public sealed class AnchorLoop(
    [FromKeyedServices(PayoutWorker.Name)] WorkerDatabase database, AnchorOptions options, IAnchorStore store, TimeProvider clock,
    ILogger<AnchorLoop> log)
    : PollingLoop(database, options.Every, clock, log, LongRound)
{
    private readonly WorkerDatabase database = database;
    private readonly TimeProvider clock = clock;
    private readonly AnchorBook book = new();

    /// <returns>What differs from the anchors; when nothing does, one more was written.</returns>
    public async Task<IReadOnlyList<LedgerFault>> RunOnce(CancellationToken ct)
    {
        using var key = AnchorOptions.Key("PAYOUT_ANCHOR_KEY", options.KeyPem);
        await foreach (var line in store.ReadAfter(book.Count, ct)) book.Take(line, key);
        var (faults, heads) = await database.Run(Look, ct);
        if (faults.Count > 0) return faults;
        var next = AnchorBook.Sign(book.Next(heads, clock.GetUtcNow()), key);
        await store.Append(next, ct);
        book.Take(next, key);
        return [];
    }

    protected override async Task<bool> Round(CancellationToken ct)
    {
        await RunOnce(ct);
        return false;
    }

    private async Task<(IReadOnlyList<LedgerFault> Faults, IReadOnlyList<AnchoredRow> Heads)> Look(Tx tx)
    {
        // The heads first: what is anchored by them is there when the chains are read.
        var heads = await AnchorSql.Heads(tx.Connection, tx.Ct);
        var faults = book.Compare(await AnchorSql.Chains(tx.Connection, book.Ends, tx.Ct));
        if (faults.Count == 0)
            tx.ResolveAlert(AnchorAlerts.BooksDifferKey, $"The books are again what the anchors at {store.Name} say.");
        else
        {
            tx.Alert(AnchorAlerts.BooksDiffer(faults, store.Name));
        }

        return (faults, heads);
    }
}
