using System.Diagnostics;
using ContestPipeline.Payout.Options;
using ContestPipeline.Payout.StripeApi;
using ContestPipeline.Plumbing;
using Microsoft.Extensions.DependencyInjection;
using Stripe;

namespace ContestPipeline.Payout.Requests;

/// <summary>
/// Takes one claimed call as far as it will go. The claim has committed its first use; the request is made outside any
/// transaction; the answer, and what it means, are committed together. It may die at any point: whoever claims the call next
/// finds the same rows.
/// </summary>
public sealed class CallDispatch
{
    private readonly WorkerDatabase database;
    private readonly StripeGateway stripe;
    private readonly PayoutOptions options;
    private readonly TimeProvider clock;
    private readonly Dictionary<string, IStripeRequestHandler> kinds;
    private readonly Dictionary<string, AnswerBatcher> stores;

    public CallDispatch(
        [FromKeyedServices(PayoutWorker.Name)] WorkerDatabase database, StripeGateway stripe,
        IEnumerable<IStripeRequestHandler> kinds, PayoutOptions options, TimeProvider clock)
    {
        this.database = database;
        this.stripe = stripe;
        this.options = options;
        this.clock = clock;
        this.kinds = kinds.ToDictionary(k => k.Kind, StringComparer.Ordinal);
        stores = this.kinds.Values.OfType<IManyAtOnce>()
            .ToDictionary(k => k.Kind, k => new AnswerBatcher(database, k), StringComparer.Ordinal);
        Kinds = [.. this.kinds.Keys.Order(StringComparer.Ordinal)];
    }

    /// <summary>The kinds this worker can perform.</summary>
    public IReadOnlyList<string> Kinds { get; }

    public async Task Advance(OpenCall call, DateTimeOffset leaseUntil, CancellationToken ct)
    {
        var kind = kinds[call.Kind];
        var now = clock.GetUtcNow();
        var looksFirst = NextRequestStep.LooksFirst(call.CreatedAt, call.LooksFirst, now, options.Policy);
        var step = NextRequestStep.Before(call.Use, looksFirst, call.Fault, now, options.Policy);
        if (step is RequestStep.LookUp lookUp)
        {
            var found = await stripe.LookUp($"{kind.Endpoint}/look-up", (client, token) => kind.LookUp(client, call, token), ct);
            step = NextRequestStep.AfterLookUp(call.Use, found, lookUp.SendWhenAbsent, options.Policy);
        }

        if (step is RequestStep.Send)
        {
            var answer = await stripe.Make(
                kind.Endpoint,
                (client, token) => kind.Perform(client, call, new RequestOptions { IdempotencyKey = call.Key }, token),
                call.Use.SendBefore(leaseUntil, options), ct);
            step = NextRequestStep.AfterSending(call.Use, answer, options.Policy);
        }

        if (step is RequestStep.Close close && stores.TryGetValue(call.Kind, out var store))
            await store.Store(new AnsweredCall(call, close), ct);
        else await database.Run(tx => Store(kind, call, step, tx), ct);
    }

    internal static ClosedCall Closing(OpenCall call, RequestStep.Close close) =>
        new(call, State(close.Answer), What(close.Answer),
            (close.Answer as StripeCallAnswer.Success)?.Made is IHasId made ? made.Id : null);

    /// <summary>A call that breaks a rule is held; the others go on.</summary>
    public Task Hold(OpenCall call, string reason, CancellationToken ct) => database.Run(
        async tx =>
        {
            if (await tx.LockCall(call)) await HoldCall(call, reason, tx);
        }, ct);

    /// <summary>When the lease is gone nothing is stored: the new holder repeats the key and hears the same.</summary>
    private static async Task Store(IStripeRequestHandler kind, OpenCall call, RequestStep step, Tx tx)
    {
        if (!await tx.LockCall(call)) return;
        switch (step)
        {
            case RequestStep.Close close:
                await tx.CloseCalls(Closing(call, close));
                await kind.Apply(close.Answer, call, tx);
                break;
            case RequestStep.Later later:
                var since = later.IsLookUp ? call.LookUpSince ?? tx.Now : (DateTimeOffset?)null;
                await tx.PostponeCall(call, later.What, later.Counts, tx.Now + later.Pause, since);
                if (UnansweredLookUp.IsTold(since, tx.Now))
                    tx.Alert(CallAlerts.LookUpUnanswered(call, since, later.What));
                if (later.Alerts)
                    tx.Alert(CallAlerts.Unknown(call, later.What));
                break;
            case RequestStep.Hold hold:
                await HoldCall(call, hold.Reason, tx);
                break;
            default:
                throw new UnreachableException();
        }
    }

    private static async Task HoldCall(OpenCall call, string reason, Tx tx)
    {
        await tx.CloseCalls(new ClosedCall(call, CallState.Held, reason, null));
        tx.Alert(CallAlerts.Held(call, reason));
    }

    private static string State(StripeCallAnswer answer) => answer switch
    {
        StripeCallAnswer.Success => CallState.Done,
        StripeCallAnswer.Refused => CallState.Refused,
        StripeCallAnswer.Gone => CallState.Gone,
        _ => throw new UnreachableException(),
    };

    private static string What(StripeCallAnswer answer) => answer switch
    {
        StripeCallAnswer.Success { Adopted: true } => "found at Stripe",
        StripeCallAnswer.Success => "answered",
        StripeCallAnswer.Refused refused => refused.What,
        StripeCallAnswer.Gone gone => gone.What,
        _ => throw new UnreachableException(),
    };
}
