using System.Net;
using Stripe;

namespace ContestPipeline.Integration.Stripe;

/// <summary>The client and the simulator over a real connection.</summary>
public sealed class ClientAgainstSimulatorTests : IAsyncLifetime
{
    private StripePlatform platform = null!;

    private TransferService Transfers => platform.Client.V1.Transfers;

    public async ValueTask InitializeAsync() => platform = await StripePlatform.Start();

    public ValueTask DisposeAsync() => platform.DisposeAsync();

    [Fact]
    public async Task A_transfer_comes_back_with_everything_that_was_sent()
    {
        var made = await Transfers.CreateAsync(platform.TransferOf(1_250), new RequestOptions { IdempotencyKey = "k" });
        var read = await Transfers.GetAsync(made.Id);

        Assert.Equal((1_250, "usd", platform.AccountId, "contest-1"),
            (read.Amount, read.Currency, read.DestinationId, read.TransferGroup));
        Assert.Equal("contest-1", read.Metadata["payout_id"]);
        Assert.Equal("k", made.StripeResponse.IdempotencyKey);
        Assert.False(read.Livemode);
        Assert.Equal(
            998_750, (await platform.Client.V1.Balance.GetAsync()).Available.Single(part => part.Currency == "usd").Amount);
    }

    [Fact]
    public async Task The_same_key_gives_the_same_transfer()
    {
        var first = await Transfers.CreateAsync(platform.TransferOf(100), new RequestOptions { IdempotencyKey = "k" });
        var second = await Transfers.CreateAsync(platform.TransferOf(100), new RequestOptions { IdempotencyKey = "k" });

        Assert.Equal(first.Id, second.Id);
        Assert.Equal("true", second.StripeResponse.Headers.GetValues("Idempotent-Replayed").Single());
        Assert.Equal(1, await platform.TransferCount());
    }

    [Fact]
    public async Task A_refusal_carries_status_type_code_parameter_and_request_id()
    {
        var options = platform.TransferOf(100);
        options.Destination = "acct_nobody";

        var refused = await Assert.ThrowsAsync<StripeException>(() => Transfers.CreateAsync(options));

        Assert.Equal(HttpStatusCode.BadRequest, refused.HttpStatusCode);
        Assert.Equal(("invalid_request_error", "resource_missing", "destination"),
            (refused.StripeError.Type, refused.StripeError.Code, refused.StripeError.Param));
        Assert.StartsWith("req_", refused.StripeResponse.RequestId, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("timeout-before", 0)]
    [InlineData("timeout-after", 1)]
    public async Task A_cut_connection_is_thrown_as_it_is_and_the_same_key_finds_out_what_happened(
        string kind, int transfersBehind)
    {
        await platform.Fault(kind);

        await Assert.ThrowsAsync<HttpRequestException>(() =>
            Transfers.CreateAsync(platform.TransferOf(100), new RequestOptions { IdempotencyKey = "k" }));
        var behind = await platform.TransferCount();
        await Transfers.CreateAsync(platform.TransferOf(100), new RequestOptions { IdempotencyKey = "k" });

        Assert.Equal(transfersBehind, behind);
        Assert.Equal(1, await platform.TransferCount());
    }

    [Fact]
    public async Task A_committed_server_error_is_replayed_and_the_transfer_is_found_by_its_group()
    {
        await platform.Fault("500-committed");
        Task<Transfer> Send() =>
            Transfers.CreateAsync(platform.TransferOf(100, "contest-9"), new RequestOptions { IdempotencyKey = "k" });

        var first = await Assert.ThrowsAsync<StripeException>(Send);
        var second = await Assert.ThrowsAsync<StripeException>(Send);
        var found = await Transfers.ListAsync(
            new TransferListOptions { TransferGroup = "contest-9", Destination = platform.AccountId });

        Assert.Equal((HttpStatusCode.InternalServerError, "api_error"), (first.HttpStatusCode, first.StripeError.Type));
        Assert.Equal(HttpStatusCode.InternalServerError, second.HttpStatusCode);
        Assert.Single(found.Data);
    }

    [Theory]
    [InlineData("409", 409, "idempotency_key_in_use")]
    [InlineData("429", 429, "rate_limit")]
    [InlineData("lock-timeout", 429, "lock_timeout")]
    [InlineData("insufficient-funds", 400, "balance_insufficient")]
    public async Task Every_refusal_is_told_by_status_and_code(string kind, int status, string code)
    {
        await platform.Fault(kind);

        var refused = await Assert.ThrowsAsync<StripeException>(() => Transfers.CreateAsync(platform.TransferOf(100)));

        Assert.Equal((status, code), ((int)refused.HttpStatusCode, refused.StripeError.Code));
        Assert.Equal(0, await platform.TransferCount());
    }

    [Theory]
    [InlineData("timeout-after")]
    [InlineData("timeout-before")]
    [InlineData("409")]
    [InlineData("lock-timeout")]
    public async Task A_client_that_repeats_by_itself_makes_one_transfer(string kind)
    {
        await platform.Fault(kind, count: 2);
        var client = StripePlatform.NewClient(platform.Url, maxNetworkRetries: 2);

        var made = await client.V1.Transfers.CreateAsync(platform.TransferOf(100));

        Assert.Equal("tr_sim_000001", made.Id);
        Assert.Equal(1, await platform.TransferCount());
    }

    [Fact]
    public async Task While_a_request_is_being_executed_its_key_is_in_use()
    {
        await platform.Fault("hold");
        Task<Transfer> Send() => Transfers.CreateAsync(platform.TransferOf(100), new RequestOptions { IdempotencyKey = "k" });

        // Whichever of the two comes first is held; the other finds the key in use.
        var sends = new[] { Send(), Send() };
        var refused = await Assert.ThrowsAsync<StripeException>(() => Task.WhenAny(sends).Unwrap());
        await platform.Admin("release", new { });
        var made = await sends.Single(send => !send.IsFaulted);

        Assert.Equal((HttpStatusCode.Conflict, "idempotency_key_in_use"), (refused.HttpStatusCode, refused.StripeError.Code));
        Assert.Equal(made.Id, (await Send()).Id);
    }

    [Fact]
    public async Task All_pages_are_walked_newest_first_and_from_an_anchor_oldest_first()
    {
        for (var n = 1; n <= 25; n++) await Transfers.CreateAsync(platform.TransferOf(n, $"contest-{n}"));

        var backwards = await Amounts(Transfers.ListAutoPagingAsync(new TransferListOptions { Limit = 10 }));
        var anchor = (await Transfers.ListAsync(new TransferListOptions { TransferGroup = "contest-5" })).Data.Single().Id;
        var forwards = await Amounts(
            Transfers.ListAutoPagingAsync(new TransferListOptions { Limit = 10, EndingBefore = anchor }));

        Assert.Equal(Enumerable.Range(1, 25).Reverse().Select(n => (long)n), backwards);
        Assert.Equal(Enumerable.Range(6, 20).Select(n => (long)n), forwards);
    }

    [Fact]
    public async Task A_reversal_is_made_read_and_listed_and_shows_in_the_movements()
    {
        var transfer = await Transfers.CreateAsync(platform.TransferOf(100));
        var reversal = await Transfers.Reversals.CreateAsync(transfer.Id, new TransferReversalCreateOptions { Amount = 40 });

        Assert.Equal(40, (await Transfers.Reversals.GetAsync(transfer.Id, reversal.Id)).Amount);
        Assert.Equal(reversal.Id, Assert.Single((await Transfers.Reversals.ListAsync(transfer.Id)).Data).Id);
        Assert.Equal((40, false), ((await Transfers.GetAsync(transfer.Id)) is var read ? read.AmountReversed : 0, read.Reversed));
        var movements = await platform.Client.V1.BalanceTransactions.ListAsync();
        Assert.Equal([("transfer_refund", 40L, reversal.Id), ("transfer", -100L, transfer.Id)],
            movements.Data.Take(2).Select(m => (m.Type, m.Net, m.SourceId)));
    }

    [Fact]
    public async Task An_account_event_carries_the_account_and_its_player()
    {
        var events = await platform.Client.V1.Events.ListAsync(new EventListOptions { Types = ["account.updated"] }, InAccount());

        var account = Assert.IsType<Account>(events.Data[0].Data.Object);
        Assert.Equal((platform.AccountId, "active", "player-1"),
            (account.Id, account.Capabilities.Transfers, account.Metadata["player_id"]));
        Assert.Equal("account.updated", (await platform.Client.V1.Events.GetAsync(events.Data[0].Id, null, InAccount())).Type);
    }

    [Fact]
    public async Task After_a_day_of_simulated_time_a_key_makes_a_second_transfer()
    {
        Task<Transfer> Send() => Transfers.CreateAsync(platform.TransferOf(100), new RequestOptions { IdempotencyKey = "k" });

        var first = await Send();
        await platform.Admin("clock", new { advance_seconds = 24 * 60 * 60 });
        var second = await Send();

        Assert.NotEqual(first.Id, second.Id);
        Assert.Equal(2, await platform.TransferCount());
        Assert.Equal(2, (await platform.Look("transfers")).GetProperty("duplicates")[0].GetProperty("count").GetInt32());
    }

    private RequestOptions InAccount() => new() { StripeAccount = platform.AccountId };

    private static async Task<List<long>> Amounts(IAsyncEnumerable<Transfer> transfers)
    {
        var amounts = new List<long>();
        await foreach (var transfer in transfers) amounts.Add(transfer.Amount);
        return amounts;
    }
}
