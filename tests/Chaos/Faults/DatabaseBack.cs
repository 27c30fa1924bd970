using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using ContestPipeline.Demo;
using ContestPipeline.Embedded;
using ContestPipeline.Payout.Http;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.Recovery;
using ContestPipeline.Plumbing;
using Npgsql;

namespace ContestPipeline.Chaos;

/// <summary>
/// Payout's database is backed up in the middle of a storm, lost later, when more was paid, and put back, while Stripe, Kafka and
/// the other workers are where they are; Stripe has forgotten every idempotency key by then. Two persons carry out
/// docs/runbooks/database-failover.md through Payout's interface.
/// </summary>
internal sealed class DatabaseBack(ChaosStage stage, string folder, Action<string> say)
{
    private const string Operator = "olga";
    private const string Approver = "anna";
    private const string BackUp = "payout.dump";

    /// <summary>So much has to be lost; when so little is paid in that time, less.</summary>
    private const int LostMin = 5;
    private static readonly string[] s_processes = ["payout", "payout-2"];
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    /// <summary>
    /// A comparison with Stripe is made every ten minutes while books are recovered, and the first that finds no difference
    /// counts.
    /// </summary>
    private static readonly TimeSpan s_recoveryMax = TimeSpan.FromMinutes(25);
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(500);

    private readonly string file = Path.Combine(folder, BackUp);
    private DateTimeOffset savedAt;
    private int transfersSaved;

    /// <summary>What was done and found, in words; null: nothing was restored.</summary>
    internal string? Words { get; private set; }

    internal async Task Save(CancellationToken ct)
    {
        await Stop(ct);
        savedAt = stage.Clock.GetUtcNow();
        transfersSaved = await Transfers(ct);
        await Run("pg_dump", ["--format=custom", "--schema=payout", $"--file={file}"], ct);
        await Start(ct);
        say($"the database of payout is backed up, after {transfersSaved} transfers");
    }

    /// <summary>Until money moves again; what ends the recovery comes later (<see cref="End"/>).</summary>
    internal async Task Restore(CancellationToken ct)
    {
        for (var startedAt = stage.Clock.GetTimestamp(); stage.Clock.GetElapsedTime(startedAt) < s_patience
            && await Transfers(ct) < transfersSaved + LostMin;) await Task.Delay(s_look, stage.Clock, ct);
        await Stop(ct);
        var lost = await Transfers(ct) - transfersSaved;
        var read = (await Lags()).ToDictionary(l => (l.Topic, l.Partition), l => l.End - l.Lag);
        await using (var connection = await stage.Database.OpenConnectionAsync(ct))
        await using (var drop = new NpgsqlCommand("drop schema payout cascade", connection)) await drop.ExecuteNonQueryAsync(ct);
        await Run("pg_restore", ["--dbname=postgres", "--exit-on-error", file], ct);
        await stage.Stripe.ForgetKeys(ct);
        await Start(ct);
        var isTold = await IsStopped(ct);
        if (!isTold)
            await Do("stop", new { reason = "restored from a back-up", lostSince = savedAt }, Operator, ApiRole.Operator, ct);
        say($"the database of payout is restored to {lost} transfers ago; money was stopped by "
            + $"{(isTold ? "its own look" : "an operator")}");
        Invariant.Holds(lost == await Transfers(ct) - transfersSaved, "something was sent although the books had gone back");

        await Until("the input is read again",
            async () => (await Lags()).All(l => l.End - l.Lag >= read.GetValueOrDefault((l.Topic, l.Partition))), s_patience, ct);
        await Until("Stripe's events are swept",
            async () => (await stage.Payout.Post("/v1/stripe/sweep", new { }, Operator, ApiRole.Operator, ct)).IsWell, s_patience,
            ct);
        await Do("start", new { reason = "the input was read again" }, Operator, ApiRole.Operator, ct);
        say("the recovery has begun");
        Words = string.Create(CultureInfo.InvariantCulture,
            $"Payout's database was put back to {lost} transfers before, money stopped by "
                + $"{(isTold ? "its own look" : "an operator")}");
    }

    /// <summary>Another person ends it, as soon as he may.</summary>
    internal async Task End(CancellationToken ct)
    {
        var self = await stage.Payout.Post(
            "/v1/recovery/end", new { reason = "I have begun it" }, Operator, ApiRole.Approver, ct);
        Invariant.Holds(!self.IsWell, "who began the recovery could end it");
        var startedAt = stage.Clock.GetTimestamp();
        await Do("end", new { reason = "compared without a difference" }, Approver, ApiRole.Approver, ct, s_recoveryMax);
        say("the recovery is ended");
        Words += string.Create(CultureInfo.InvariantCulture,
            $"; another person ended the recovery after {stage.Clock.GetElapsedTime(startedAt).TotalMinutes:0.0} more minutes.");
    }

    private Task Do(string what, object body, string who, string role, CancellationToken ct, TimeSpan? patience = null) => Until(
        $"recovery {what}", async () => (await stage.Payout.Post($"/v1/recovery/{what}", body, who, role, ct)).IsWell,
        patience ?? s_patience, ct);

    /// <returns>The books were found to have gone back before anybody had said so.</returns>
    private async Task<bool> IsStopped(CancellationToken ct)
    {
        var state = "";
        await Until("Payout answers", async () =>
        {
            var reply = await stage.Payout.Get("/v1/recovery", Operator, ApiRole.Operator, ct);
            state = reply.IsWell && reply.Body.TryGetProperty("state", out var value) && value.ValueKind == JsonValueKind.String
                ? value.GetString() : "";
            return state!.Length > 0;
        }, s_patience, ct);
        return state == RecoveryState.Stopped;
    }

    private async Task<IReadOnlyList<UnreadPartition>> Lags()
    {
        using var admin = new TopicAdmin(stage.Kafka);
        return await admin.Lag(PayoutWorker.Name);
    }

    private async Task<int> Transfers(CancellationToken ct) => (await stage.Lists.All("transfers", ct)).Count;

    private async Task Stop(CancellationToken ct)
    {
        foreach (var name in s_processes) await stage.Servers[name].End("TERM", ct);
    }

    private Task Start(CancellationToken ct) => Task.WhenAll(s_processes.Select(name => stage.Servers[name].Start(ct)));

    private async Task Until(string what, Func<Task<bool>> isSo, TimeSpan patience,
        CancellationToken ct) => await new Await(stage.Clock, patience).Until(what, async () =>
    {
        try
        {
            return await isSo();
        }
        catch (HttpRequestException)
        {
            return false;
        }
        catch (TaskCanceledException) when (!ct.IsCancellationRequested)
        {
            return false;
        }
    }, () => "", ct);

    private async Task Run(string program, string[] arguments, CancellationToken ct)
    {
        var start = new ProcessStartInfo(Path.Combine(PostgresBinaries.Find(), program),
            ["--host=127.0.0.1", $"--port={stage.Plan.Database}", "--username=postgres",
                .. arguments]) { RedirectStandardError = true };
        if (program == "pg_dump") start.ArgumentList.Add("postgres");
        try
        {
            using var process = Process.Start(start)!;
            var words = await process.StandardError.ReadToEndAsync(ct);
            await process.WaitForExitAsync(ct);
            Invariant.Holds(process.ExitCode == 0, $"{program} ended with {process.ExitCode}: {words.Trim()}");
        }
        catch (Win32Exception missing)
        {
            throw new InvariantException($"{program} cannot be started: {missing.Message}");
        }
    }
}
