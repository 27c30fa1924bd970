using System.Net;
using System.Text;
using ContestPipeline.Contracts;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.Payouts;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.StripeSimulator.Core;
using ContestPipeline.Unit.StripeSimulator;
using Stripe;

namespace ContestPipeline.Unit.Payout.Answers;

/// <summary>
/// A simulated Stripe that has everything Payout asks for, reached without a network, and which answers the first request to one
/// operation as the table says.
/// </summary>
internal sealed class AskedStripe : HttpMessageHandler
{
    public const string Player = "player-1";
    public const string PayoutId = "payout-1";
    public const long AmountMinor = 100;
    public const string AccountKey = "account/1";
    public const string AccountMark = "mark-1";
    public const string IntentKey = "collect/1";
    public const string RefundMark = "refund/c/e/1";
    public const string DisputeId = "du_1";

    private static readonly PayoutOptions s_options = new(
        "sk_test_x", "http://stripe.invalid", PayoutPolicy.Default, RatePerSecond: 1000, Parallel: 8, LeaseSeconds: 60,
        StripeTimeoutSeconds: 10, TimeSpan.FromSeconds(15));

    private readonly SimulatedStripe stripe = new();
    private readonly string endpoint;
    private readonly TableAnswer answer;

    /// <param name="endpoint">The operation whose first request is answered so; all others are answered as ever.</param>
    public AskedStripe(string endpoint, TableAnswer answer)
    {
        (this.endpoint, this.answer) = (endpoint, answer);
        Account = Id(stripe.Post("/v1/accounts",
            $"metadata[player_id]={Player}&metadata[account_key]={AccountKey}&metadata[account_mark]={AccountMark}&capabilities[transfers][requested]=true"));
        stripe.Admin($"accounts/{Account}/onboarding", """{"outcome":"complete"}""");
        Open = Id(stripe.Post("/v1/payment_intents", $"amount=1000&currency=usd&metadata[call]={IntentKey}"));
        Paid = stripe.Pay(1_000, "pm_card_bypassPending");
        Id(stripe.Post("/v1/refunds", $"payment_intent={Paid}&amount={AmountMinor}&metadata[refund]={RefundMark}"));
        Id(stripe.Post("/v1/refunds", $"payment_intent={Paid}&amount=7&metadata[refund]=another"));
        Transfer = Moved(AmountMinor, PayoutId);
        Id(stripe.Post($"/v1/transfers/{Transfer}/reversals", $"amount=40&metadata[dispute_id]={DisputeId}"));
        Id(stripe.Post($"/v1/transfers/{Transfer}/reversals", "amount=2&metadata[dispute_id]=another"));
        Disputed = Id(stripe.Admin("disputes", $$"""{"payment_intent":"{{stripe.Pay()}}"}"""));
        stripe.Admin("disputes", $$"""{"payment_intent":"{{stripe.Pay()}}"}""");
        BankPayout = Id(stripe.Admin($"accounts/{Account}/payouts", """{"amount_minor":10}"""));
        Id(stripe.Post("/v1/accounts", "metadata[player_id]=another"));
        Moved(3, PayoutId, "another");
        var connection = new StripeConnection(s_options, TimeProvider.System, this);
        (Client, Gateway) = (connection.Looking, new StripeGateway(connection, s_options, TimeProvider.System));
    }

    public IStripeClient Client { get; }

    public StripeGateway Gateway { get; }

    public string Account { get; }

    /// <summary>An intent that nobody has paid.</summary>
    public string Open { get; }

    /// <summary>An intent that is paid, a part of it given back.</summary>
    public string Paid { get; }

    public string Transfer { get; }

    public string Disputed { get; }

    public string BankPayout { get; }

    /// <summary>The answer was given.</summary>
    public bool IsPlayed { get; private set; }

    /// <summary>Stripe's clock, which stands still.</summary>
    public DateTimeOffset Now => stripe.Now;

    public PayoutRecord Payout { get; } = new(
        PayoutId, "c", 1, Player, AmountMinor, "usd", PayoutState.Submitting, null, 0, 0, null);

    public PayoutAttempt Attempt =>
        new(PayoutId, 1, "payout/1/a1", Payout.ParameterHash(Account), Account, stripe.Now, AttemptOutcome.Open, 0, null, null);

    /// <summary>What Stripe has of that, whatever it answers.</summary>
    public int TransferCount => stripe.TransferCount;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var parameters = request.Content is { } content
            ? await content.ReadAsStringAsync(cancellationToken) : request.RequestUri!.Query.TrimStart('?');
        var received = new SimRequest(
            request.Method.Method, request.RequestUri!.AbsolutePath, parameters, Header(request, "Idempotency-Key"),
            Header(request, "Stripe-Account"), "sk_test_x", stripe.Now);
        var isMeant = !IsPlayed && Routes.Endpoint(received) == endpoint;
        IsPlayed |= isMeant;
        var shown = stripe.State.Execute(received, isMeant ? new Fault(answer.Name, 0, null) : null).Response!;
        return new HttpResponseMessage(
            (HttpStatusCode)shown.Status) { Content = new StringContent(shown.Body, Encoding.UTF8, "application/json"),
                RequestMessage = request };
    }

    private string Moved(long amountMinor, string group, string mark = PayoutId) => Id(stripe.Post(
        "/v1/transfers",
        $"amount={amountMinor}&currency=usd&destination={Account}&transfer_group={group}&metadata[payout_id]={mark}"));

    private static string Id(SimOutcome outcome) =>
        outcome.Response!.Status == 200
            ? SimulatedStripe.Json(outcome).GetProperty("id").GetString()!
            : throw new InvalidOperationException(outcome.Response.Body);

    private static string? Header(HttpRequestMessage request, string name) =>
        request.Headers.TryGetValues(name, out var values) ? values.First() : null;
}
