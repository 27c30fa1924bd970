using System.Net.Http.Json;
using System.Text.Json;
using ContestPipeline.Contracts;
using ContestPipeline.Integration.Infrastructure;
using ContestPipeline.Integration.Scoring;
using ContestPipeline.Integration.Upgrade;
using ContestPipeline.Payout.Accounts;
using ContestPipeline.Payout.Awards;
using ContestPipeline.Payout.Balance;
using ContestPipeline.Payout.Ledger;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.Reports;
using ContestPipeline.Payout.Requests;
using ContestPipeline.Payout.Sending;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Payout.StripeEvents;
using ContestPipeline.Plumbing;
using ContestPipeline.StripeSimulator.Shell;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Stripe;

namespace ContestPipeline.Integration.Payout;

/// <summary>Payout's parts against a fresh database and a simulator of their own, under one clock.</summary>
public sealed partial class PayoutWorld(Backbone backbone) : IAsyncLifetime
{
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);
    private readonly string folder = Directory.CreateTempSubdirectory("payout-tests-").FullName;
    private readonly List<HttpMessageHandler> wires = [];
    private StripeSimulatorHost simulator = null!;
    private HttpClient admin = null!;
    private int events;

    public ShiftedClock Clock { get; } = new();

    /// <summary>What the worker tells of its transactions.</summary>
    public KeptLog Log { get; } = new();

    public WorkerDatabase Database { get; private set; } = null!;

    public string AdminConnection { get; private set; } = "";

    /// <summary>An earlier version's database and its Stripe, which this one takes over; null: both are new.</summary>
    internal LeftBehind? Left { get; init; }

    /// <summary>Limits of runners made from now on; null: none.</summary>
    public RiskPolicy? Risk { get; set; }

    public async ValueTask InitializeAsync()
    {
        Use(await backbone.NewDatabase(migrated: Left is null));
        if (Left is not null) await Left.Unpack(AdminConnection, folder, Clock);
        simulator = await StripeSimulatorHost.Start(folder, Clock);
        admin = new HttpClient { BaseAddress = new Uri(simulator.Url) };
        await Admin("funds", new { amount_minor = 100_000_000, currency = "usd" });
        await Admin("limits", new { endpoint_per_second_max = 100_000, global_per_second_max = 100_000 });
    }

    /// <param name="wire">What stands between the worker and Stripe; null: nothing.</param>
    public PayoutRunner Runner(DelegatingHandler? wire = null)
    {
        var (options, stripe) = Gateway(wire);
        var balance = new PlatformBalance(Database, stripe, options, Clock);
        return new PayoutRunner(
            Database, new PayoutDispatch(Database, stripe, balance, options, Clock), new AccountReader(Database, stripe, options),
            stripe, balance, options, Clock, NullLogger<PayoutRunner>.Instance);
    }

    /// <param name="wire">What stands between the worker and Stripe; null: nothing.</param>
    public CallRunner Calls(DelegatingHandler? wire, params IStripeRequestHandler[] kinds)
    {
        var (options, stripe) = Gateway(wire);
        return new CallRunner(
            Database, new CallDispatch(Database, stripe, kinds, options, Clock), stripe, options, Clock,
            NullLogger<CallRunner>.Instance);
    }

    /// <param name="wire">What stands between the worker and Stripe; null: nothing.</param>
    public (PayoutOptions Options, StripeGateway Stripe) Gateway(DelegatingHandler? wire = null)
    {
        var options = new PayoutOptions(
            "sk_test_x", simulator.Url, PayoutPolicy.Default, RatePerSecond: 1000, Parallel: 8, (int)Lease.TotalSeconds,
            StripeTimeoutSeconds: 10, TimeSpan.FromSeconds(15), Risk);
        HttpMessageHandler handler = new SocketsHttpHandler();
        if (wire is not null)
        {
            wire.InnerHandler = handler;
            handler = wire;
        }

        wires.Add(handler);
        return (options, new StripeGateway(new StripeConnection(options, Clock, handler), options, Clock, alerts: Database));
    }

    /// <summary>Stripe as somebody else sees it who has the key.</summary>
    public IStripeClient Stripe() =>
        StripeWire.Client("sk_test_x", simulator.Url, TimeSpan.FromSeconds(20), new SocketsHttpHandler());

    public async Task Admin(string path, object body) =>
        (await admin.PostAsJsonAsync($"/_admin/{path}", body)).EnsureSuccessStatusCode();

    public Task Fault(string kind, int count = 1) => Admin("faults", new { endpoint = "transfers.create", kind, count });

    public async Task<JsonElement> Transfers() => await admin.GetFromJsonAsync<JsonElement>("/_admin/transfers");

    public async Task<JsonElement> Requests() => await admin.GetFromJsonAsync<JsonElement>("/_admin/requests");

    /// <summary>A player with an account at the simulator, which Payout asked for.</summary>
    public async Task<string> GivenAccount(string playerId, bool ready = true)
    {
        var call = new StripeCall(
            $"account/{playerId}/given-{NextEvent()}", AccountCreation.KindName, playerId, new AccountToMake(playerId, "US"));
        await Database.Run(tx => tx.Call(call), CancellationToken.None);
        await Calls(null, new AccountCreation(PayoutWorld.Onboarding)).RunOnce(CancellationToken.None);
        var accountId = await Scalar<string>($"select object_id from payout.stripe_call where key = '{call.Key}'");
        if (ready) await MakeReady(accountId!);
        await AccountUpdated(accountId!, playerId);
        return accountId!;
    }

    public Task MakeReady(string accountId) => Admin($"accounts/{accountId}/capabilities", new { transfers = "active" });

    public Task AccountUpdated(string accountId, string playerId)
    {
        var body = JsonSerializer.SerializeToElement(new { id = accountId, metadata = new { player_id = playerId } });
        return Handle(new StripeEventHandler(EventSecrets.None),
            new StripeEventV1(
                $"evt_{accountId}_{Interlocked.Increment(ref events)}", "account.updated", new StripeEventDataV1(body)));
    }

    public int NextEvent() => Interlocked.Increment(ref events);

    /// <summary>Whose accounts Stripe has.</summary>
    public async Task<IReadOnlyList<string?>> Accounts()
    {
        var service = new AccountService(new StripeClient(
            apiKey: "sk_test_x", httpClient: new SystemNetHttpClient(admin, maxNetworkRetries: 0), apiBase: simulator.Url));
        return await service.ListAutoPagingAsync(new AccountListOptions { Limit = 100 })
            .Select(a => a.Metadata.GetValueOrDefault("player_id")).ToArrayAsync();
    }

    public async Task GivenSettled(params ContestBuilder[] contests)
    {
        foreach (var contest in contests)
        {
            var settledNow = contest.Settled with { At = SettledAt(contest.Settled) };
            await GivenFinal(settledNow);
            await GivenResult(contest.Chunks, settledNow);
        }

        await PostAwards();
    }

    /// <summary>What Settlement tells of a contest.</summary>
    public async Task GivenResult(IEnumerable<ContestAwardsV1> chunks, ContestSettledV1 settled)
    {
        foreach (var chunk in chunks) await Handle(new ContestAwardsHandler(OverlayLimit.Default), chunk);
        await Handle(new ContestSettledHandler(OverlayLimit.Default), settled);
    }

    /// <summary>Scoring's word before the result: the contest is published, and its pool is what was settled.</summary>
    public Task GivenPublished(ContestSettledV1 settled) =>
        Handle(new PublishedContests(OverlayLimit.Default), Published(settled));

    /// <summary>A definition under which the pool is what was settled.</summary>
    public static ContestPublishedV1 Published(ContestSettledV1 settled)
    {
        var definition = Slate.Create(settled.ContestId).Definition with
        {
            Currency = settled.Currency,
            GuaranteedPoolMinor = settled.OverlayMinor + settled.SurplusMinor == 0 ? null : settled.PoolMinor,
            RakeBps = settled.EntryFeesMinor == 0
                ? 0 : (int)((settled.RakeMinor * 10_000 + settled.EntryFeesMinor - 1) / settled.EntryFeesMinor),
            LateCorrectionPolicy = LateCorrectionPolicies.Resettle,
        };
        return new ContestPublishedV1(
            $"create-{settled.ContestId}", settled.ContestId, definition, settled.DefinitionHash!, DateTimeOffset.UnixEpoch);
    }

    /// <summary>As <see cref="GivenPublished"/>, and the revision is final.</summary>
    public async Task GivenFinal(ContestSettledV1 settled)
    {
        await GivenPublished(settled);
        await Finalize(settled.ContestId, settled.Revision);
    }

    public Task Finalize(string contestId, int revision)
    {
        IMessage final = Final(contestId, revision);
        return Database.Run(tx => new CollectionHandler(OverlayLimit.Default)
            .Handle([new Received<IMessage>(final, EnvelopeOf(final))], tx), default);
    }

    public static ContestFinalizedV1 Final(string contestId, int revision) =>
        new(contestId, revision, "definition", 10, "hash", [], 0, DateTimeOffset.UnixEpoch);

    public async Task PostAwards()
    {
        while (await Database.Run(tx => new PostAwardsJob().Run(tx), CancellationToken.None))
        {
        }
    }

    /// <summary>Holds a contest, so that it does not disturb other tests.</summary>
    public Task PutAside(string contestId) =>
        Scalar<int>($"update payout.contest set state = 'held' where contest_id = '{contestId}' returning 1");

    public Task Handle<T>(IHandler<T> handler, T message) where T : IMessage =>
        Database.Run(tx => handler.Handle(new Received<T>(message, EnvelopeOf(message)), tx), CancellationToken.None);

    /// <summary>Rounds of the runner, the clock put forward whenever nothing is due, until every payout is at rest, or waits for
    /// a player to have an account.</summary>
    public async Task RunToRest(PayoutRunner runner)
    {
        for (var round = 0; round < 400; round++)
        {
            if (await runner.RunOnce(CancellationToken.None) > 0) continue;
            if (await Scalar<long>(
                "select count(*) from payout.payout where due_at is not null and reason is distinct from 'the player has no "
                    + "Stripe account'") == 0) return;
            Clock.Forward(TimeSpan.FromMinutes(6));
        }

        Assert.Fail("the payouts did not come to rest: "
            + await Scalar<string>(
                "select string_agg(concat_ws(' ', payout_id, state, reason), '; ' order by payout_id) from payout.payout where "
                    + "due_at is not null"));
    }

    public async Task<LedgerReport> VerifyLedger()
    {
        await using var connection = new NpgsqlConnection(AdminConnection);
        await connection.OpenAsync();
        return await LedgerVerify.Run(connection, CancellationToken.None);
    }

    public async Task<T?> Scalar<T>(string sql)
    {
        await using var connection = new NpgsqlConnection(AdminConnection);
        return await Dapper.SqlMapper.ExecuteScalarAsync<T>(connection, sql);
    }

    /// <summary>What was committed to be sent, in order.</summary>
    public async Task<IReadOnlyList<T>> Sent<T>() where T : IMessage
    {
        await using var connection = new NpgsqlConnection(AdminConnection);
        var bodies = await Dapper.SqlMapper.QueryAsync<byte[]>(
            connection, "select body from payout.outbox where wire_name = @name order by position",
            new { name = WireTypes.Of(typeof(T)).Name });
        return [.. bodies.Select(b => WireJson.Read<T>(b))];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var wire in wires) wire.Dispose();
        admin.Dispose();
        await simulator.DisposeAsync();
        await Database.DisposeAsync();
        await using (var connection = new NpgsqlConnection(AdminConnection)) NpgsqlConnection.ClearPool(connection);
        Directory.Delete(folder, recursive: true);
    }

    public Envelope EnvelopeOf(IMessage message) => new(
        WireTypes.Of(message.GetType()).Topic, 0, 0, message.PartitionKey, DeterministicId.From(message.IdempotencyKey),
        WireTypes.Of(message.GetType()).Name, "tests", Clock.GetUtcNow(), null, new Dictionary<string, string>(),
        WireJson.Bytes(message));
}
