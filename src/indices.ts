/**
 * The numbers that a universe and its graph are made of, one kind for each thing that is counted, and the arrays that
 * take one kind only. All of it is in the types: at run time these are numbers and typed arrays, and nothing is called.
 * A number that is worked out has no kind, and is taken for what it is used as; one that comes from an array, a
 * parameter or a field has its kind, and can be used as no other.
 */
import type { Brand, Kind } from './brand.ts';

/** An index into `Universe.sources`, which is the source's vertex in the dependency graph. */
export type SourceVertex = Kind<number, 'SourceVertex'>;

/** An index into `Universe.binaries`. */
export type BinaryIndex = Kind<number, 'BinaryIndex'>;

/** A binary's vertex in the dependency graph, which has none for what is there from the start. */
export type BinaryVertex = Kind<number, 'BinaryVertex'>;

/** A candidate: one variant of one source that may be built. */
export type CandidateIndex = Kind<number, 'CandidateIndex'>;

/** A unit: binaries that need each other at run time and come as one. */
export type Unit = Kind<number, 'Unit'>;

/** An element of a blocking problem: a stage build or a wish that can be chosen. */
export type ElementIndex = Kind<number, 'ElementIndex'>;

/** A node of a blocking problem: binaries of one source that the same variants yield. */
export type NodeIndex = Kind<number, 'NodeIndex'>;

/** The place of a build in the order of its plan. */
export type PlanIndex = Kind<number, 'PlanIndex'>;

/** In typed arrays, which have no room for `undefined`: there is no such vertex. */
export type NoVertex = Brand<number, 'NoVertex'>;
/** In the place of an index: there is none. */
export const noVertex = -1 as NoVertex;

/** Whether there is one: to be asked of an element that may be `noVertex` before it is used. */
export const isVertex = <Vertex extends number>(v: Vertex | NoVertex): v is Vertex => v >= 0;

declare const by: unique symbol;

/** An array that is indexed by one kind of numbers. */
export type Indexed<By extends number, Value> = { readonly [Index in By]: Value } & {
  readonly length: number;
  readonly [by]?: By;
  [Symbol.iterator](): Iterator<Value>;
};

/** A typed array whose elements are of one kind. */
export interface Row<Value extends number> extends Int32Array {
  readonly [index: number]: Value;
  at(index: number): Value | undefined;
  every(predicate: (value: Value, index: number, array: this) => unknown): boolean;
  filter(predicate: (value: Value, index: number, array: this) => unknown): Row<Value> & Int32Array<ArrayBuffer>;
  find(predicate: (value: Value, index: number, array: this) => unknown): Value | undefined;
  forEach(each: (value: Value, index: number, array: this) => void): void;
  map(each: (value: Value, index: number, array: this) => number): Int32Array<ArrayBuffer>;
  slice(start?: number, end?: number): Row<Value> & Int32Array<ArrayBuffer>;
  some(predicate: (value: Value, index: number, array: this) => unknown): boolean;
  subarray(start?: number, end?: number): Row<Value>;
  values(): ArrayIterator<Value>;
  [Symbol.iterator](): ArrayIterator<Value>;
}

/** The elements are of that kind: of a row that is made for whatever kind its caller has. */
export const rowOf = <Value extends number>(elements: Int32Array): Row<Value> => elements as Row<Value>;
