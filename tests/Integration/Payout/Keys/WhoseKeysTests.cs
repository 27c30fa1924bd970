using System.Net;
using System.Text;
using ContestPipeline.Contracts;
using ContestPipeline.Payout.Accounts;
using ContestPipeline.Payout.Balance;
using ContestPipeline.Payout.Sending;
using ContestPipeline.Payout.StripeAccount;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.Logging.Abstractions;
using Stripe;

namespace ContestPipeline.Integration.Payout.Keys;

/// <summary>
/// A key of another account at Stripe finds none of our transfers, so that what was paid would be paid again: it is refused
/// before anything is asked with it.
/// </summary>
public sealed class WhoseKeysTests(PayoutWorld world) : IClassFixture<PayoutWorld>, IAsyncLifetime
{
    private const string Ours = "acct_ours";
    private readonly CancellationToken ct = TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await world.Scalar<int>("delete from payout.platform_account");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_restricted_key_of_another_account_stops_the_worker_with_a_sentence_that_names_it()
    {
        var (_, gateway) = world.Gateway();
        using var keys = Keys(gateway, Answer(Ours), Answer("acct_theirs"));

        var refused = await Assert.ThrowsAsync<SettingException>(() => keys.StartAsync(ct));

        Assert.Equal(
            "STRIPE_RESTRICTED_KEY is a key of account acct_theirs at Stripe, but STRIPE_API_KEY is of account acct_ours.",
            refused.Message);
        Assert.True(gateway.IsSilent);
        Assert.Equal(0, await world.Scalar<long>("select count(*) from payout.platform_account"));
    }

    [Fact]
    public async Task Keys_of_another_account_than_the_one_the_books_tell_of_stop_the_worker_at_a_later_start()
    {
        using (var first = Keys(world.Gateway().Stripe, Answer(Ours), Answer(Ours))) await Started(first);
        using (var again = Keys(world.Gateway().Stripe, Answer(Ours), null)) await Started(again);
        var (_, gateway) = world.Gateway();
        using var keys = Keys(gateway, Answer("acct_theirs"), Answer("acct_theirs"));

        var refused = await Assert.ThrowsAsync<SettingException>(() => keys.StartAsync(ct));

        Assert.Equal(("STRIPE_API_KEY", true), (refused.Setting, gateway.IsSilent));
        Assert.Contains("acct_theirs at Stripe, but the database of PAYOUT_DATABASE tells of payments from account acct_ours",
            refused.Message, StringComparison.Ordinal);
        Assert.Equal(Ours, await world.Scalar<string>("select account_id from payout.platform_account"));
    }

    [Fact]
    public async Task While_Stripe_does_not_say_whose_the_keys_are_nothing_is_paid_and_afterwards_it_is()
    {
        await world.GivenReady("whose");
        await world.GivenSettled(ContestBuilder.Of("c-whose", "whose"));
        var answer = new Owner(HttpStatusCode.ServiceUnavailable, null);
        var (options, gateway) = world.Gateway();
        using var keys = Keys(gateway, answer, null);
        var balance = new PlatformBalance(world.Database, gateway, options, world.Clock);
        using var runner = new PayoutRunner(
            world.Database, new PayoutDispatch(world.Database, gateway, balance, options, world.Clock),
            new AccountReader(world.Database, gateway, options), gateway, balance, options, world.Clock,
            NullLogger<PayoutRunner>.Instance);

        await Started(keys);
        await runner.RunOnce(ct);
        Assert.Equal(0, await world.TransferCount("c-whose"));

        (answer.Status, answer.Account) = (HttpStatusCode.OK, Ours);
        Assert.True(await keys.Ask(ct));
        await world.RunToRest(runner);
        await world.IsPaidOnce("c-whose");
    }

    [Fact]
    public async Task A_restricted_key_that_may_not_say_whose_it_is_is_not_used_for_looking_and_a_person_is_told()
    {
        var (options, _) = world.Gateway();
        var looked = new Counting();
        var gateway = new StripeGateway(
            new StripeConnection(options, world.Clock, new SocketsHttpHandler()), options, world.Clock,
            Client(looked, "rk_test_x"), alerts: world.Database);
        using var keys = Keys(gateway, Answer(Ours), new Owner(HttpStatusCode.Forbidden, null));

        await Started(keys);
        var account = await world.GivenAccount("whose-reading");
        var read = await gateway.ReadAccount(account, ct);

        Assert.Equal((account, 0), (Assert.IsType<StripeAnswer.Account>(read).Reading.AccountId, looked.Requests));
        Assert.Contains(
            await world.Sent<AlertRaisedV1>(), a => a.Kind == "stripe-key-not-used" && a.Subject == "STRIPE_RESTRICTED_KEY");
    }

    private static Owner Answer(string account) => new(HttpStatusCode.OK, account);

    private async Task Started(WhoseKeys keys)
    {
        await keys.StartAsync(ct);
        await keys.StopAsync(ct);
    }

    /// <param name="reading">Null: there is only one key.</param>
    private WhoseKeys Keys(StripeGateway gateway, HttpMessageHandler money, HttpMessageHandler? reading)
    {
        var one = new StripeConnection(world.Gateway().Options with { StripeApiBase = "http://stripe.test" }, world.Clock, money);
        return new WhoseKeys(
            world.Database, gateway, one, reading is null ? one.Looking : Client(reading, "rk_test_x"), world.Clock,
            NullLogger<WhoseKeys>.Instance);
    }

    private static IStripeClient Client(HttpMessageHandler wire, string key) =>
        StripeWire.Client(key, "http://stripe.test", TimeSpan.FromSeconds(5), wire);

    /// <summary>Says whose the key is, or refuses.</summary>
    private sealed class Owner(HttpStatusCode status, string? account) : HttpMessageHandler
    {
        public HttpStatusCode Status { get; set; } = status;

        public string? Account { get; set; } = account;

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Assert.Equal(("GET", "/v1/account"), (request.Method.Method, request.RequestUri!.AbsolutePath));
            var body = Account is null
                ? ForgedWire.Refusal(Status, "invalid_request_error", null).Item2
                : $$"""{"id":"{{Account}}","object":"account"}""";
            return Task.FromResult(new HttpResponseMessage(
                Status) { Content = new StringContent(body, Encoding.UTF8, "application/json"), RequestMessage = request });
        }
    }

    /// <summary>Counts what it is asked and answers nothing.</summary>
    private sealed class Counting : HttpMessageHandler
    {
        public int Requests { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Requests++;
            throw new HttpRequestException("nobody is there");
        }
    }
}
