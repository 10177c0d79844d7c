import { day, HISTORY_DAYS, type History, hour, minute } from './history.ts';
import type { Totals } from './invariants.ts';
import type { Machines } from './machines.ts';
import { PureActs } from './pure/acts.ts';
import { PureAws } from './pure/aws.ts';
import { PureBroker } from './pure/broker.ts';
import { PureKeeper } from './pure/keeper.ts';
import { PurePerson } from './pure/person.ts';
import { PureWatch } from './pure/watch.ts';
import { type Job, PureWorld, start } from './pure/world.ts';

/** Given after the 90 days, without faults, for everything to be well again. */
const AFTERMATH = 4 * hour;

/** Plays one history on the pure machines: their effects are answered by a model of AWS, of the file and of the person. */
export class PureSimulation {
  readonly #world: PureWorld;
  #keeperAt: number | null = null;
  #brokerAt: number | null = null;

  constructor(history: History, machines: Machines) {
    const world = new PureWorld(history.circumstances, machines);
    this.#world = world;
    world.acts = new PureActs(world);
    world.aws = new PureAws(world);
    world.broker = new PureBroker(world);
    world.keeper = new PureKeeper(world);
    world.person = new PurePerson(world);
    world.watch = new PureWatch(world);
    for (const { at, act } of history.events) world.later(start + at * minute, { do: 'act', act });
    for (const role of world.roles) world.later(start + world.askPause(), { do: 'ask', role });
    world.later(start + 6 * hour, { do: 'look' });
    if (!world.circumstances.presenceKnown) world.later(start + hour, { do: 'glance' });
  }

  /** Throws a Violation. */
  run(): Totals {
    const world = this.#world;
    for (const sso of world.ssos) world.aws.signedIn(sso, 'signIn');
    world.broker.holdAll();
    this.#until(start + HISTORY_DAYS * day);
    world.acts.endFaults();
    this.#until(start + HISTORY_DAYS * day + AFTERMATH);
    for (const role of world.roles) {
      if (!role.handedOutAfter) {
        world.violated(
          'recovers',
          `nothing handed out in ${AFTERMATH / hour} h without faults: ${world.sight(role)}`,
        );
      }
    }
    world.totals.days = HISTORY_DAYS;
    return world.totals;
  }

  /** When a room's timer fires, in true time. */
  #fires(deadline: number | null): number {
    const world = this.#world;
    if (deadline === null) return Number.POSITIVE_INFINITY;
    const at = Math.max(deadline - world.offset, world.now);
    return world.asleepUntil > at ? world.asleepUntil : at;
  }

  #until(end: number): void {
    const world = this.#world;
    for (;;) {
      if (world.keeperMoved) this.#keeperAt = world.keeper.deadline();
      if (world.brokerMoved) this.#brokerAt = world.broker.deadline();
      world.keeperMoved = false;
      world.brokerMoved = false;
      const keeper = this.#fires(this.#keeperAt);
      const broker = this.#fires(this.#brokerAt);
      const next = world.jobs.at(-1);
      const job = next?.at ?? Number.POSITIVE_INFINITY;
      const at = Math.min(keeper, broker, job);
      if (at > end) break;
      world.now = Math.max(world.now, at);
      if (job <= at && next) {
        world.jobs.pop();
        // Whatever else moves a deadline says so itself.
        if (next.job.do === 'act') world.keeperMoved = world.brokerMoved = true;
        this.#do(next.job);
        world.watch.inVain = 0;
      } else if (keeper <= broker) {
        world.watch.wokeUp();
        for (const sso of world.ssos) world.keeper.dispatch(sso, { type: 'tick' });
        world.keeper.onPrompt({ type: 'tick' });
        world.keeperMoved = true;
        world.watch.checkWake(this.#fires(world.keeper.deadline()));
      } else {
        world.watch.wokeUp();
        for (const role of world.roles)
          world.broker.dispatchRole(role, { type: 'tick', kept: world.broker.kept(role) });
        world.brokerMoved = true;
        world.watch.checkWake(this.#fires(world.broker.deadline()));
      }
    }
    world.now = end;
  }

  #do(job: Job): void {
    const world = this.#world;
    switch (job.do) {
      case 'act':
        return void world.acts.act(job.act);
      case 'ask':
        world.later(world.now + world.askPause(), job);
        if (!world.asleep) world.broker.ask(job.role);
        return;
      case 'patience':
        return void world.broker.answer(job.role, false);
      case 'refresh-answer':
        return void world.aws.refreshAnswered(job);
      case 'portal-answer':
        return void world.aws.portalAnswered(job);
      case 'sign-in':
        return void world.person.signIn(job.sso);
      case 'signed-in':
        return void world.person.signInEnds(job.sso);
      case 'tick-prompt':
        return void world.keeper.onPrompt({ type: 'tick' });
      case 'lifetimes':
        return void world.acts.lifetimesAsBefore();
      case 'glance':
        world.later(world.now + world.random.between(20, 70) * minute, job);
        if (world.person.someoneThere) world.person.consider();
        return;
      case 'clock-noticed':
        return void world.acts.clockSetBack(job.byMs);
      case 'look':
        world.later(world.now + world.random.between(4, 8) * hour, job);
        return void world.watch.look();
    }
  }
}
